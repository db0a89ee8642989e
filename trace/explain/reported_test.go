package explain

import (
	"net/netip"
	"testing"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// TestReported: what a node sent because of a packet. A reset is not an ICMP error, and a
// missing ICMP error may have been suppressed by the kernel. For an incomplete trace, the
// sentence states only what was seen.
func TestReported(t *testing.T) {
	reject := trace.Outcome{Kind: trace.OutcomeDropped, Hook: trace.Input, Reason: trace.ReasonReject, Answer: trace.Reject{Type: 3, Code: 3}}
	reset, drop, policy, silent := reject, reject, reject, reject
	reset.Answer = trace.Reject{Reset: true}
	drop.Reason, policy.Reason = trace.ReasonRule, trace.ReasonPolicy
	silent.Hook, silent.Reason, silent.Destination = 0, trace.ReasonBlackhole, netip.MustParseAddr("10.0.0.7")
	by := func(o trace.Outcome, id int) trace.Outcome { o.ReportedBy = id; return o }
	routed := func(o trace.Outcome, t trace.RouteType) trace.Outcome { o.RouteType = t; return o }
	const suppressed = "no ICMP error was seen; the kernel may have suppressed it (net.ipv4.icmp_ratelimit, icmp_msgs_per_sec)"
	for _, c := range []struct {
		outcome trace.Outcome
		gaps    trace.Gaps
		want    string
	}{
		{by(reject, 2), trace.Gaps{}, "an ICMP error is sent: #2"},
		{reject, trace.Gaps{}, suppressed},
		{reject, trace.Gaps{Lost: 1}, ""},
		{by(reject, 2), trace.Gaps{Lost: 1}, "an ICMP error is sent: #2"},
		{by(reset, 3), trace.Gaps{}, "a TCP RST is sent: #3"},
		{reset, trace.Gaps{}, "no TCP RST was seen"},
		{by(drop, 3), trace.Gaps{}, "a TCP RST is sent: #3"},
		{drop, trace.Gaps{}, "no ICMP error was seen"},
		{policy, trace.Gaps{}, "no ICMP error is sent"},
		{silent, trace.Gaps{}, ""},
		{routed(silent, trace.RouteBlackhole), trace.Gaps{}, "no ICMP error is sent"},
		{routed(silent, trace.RouteProhibit), trace.Gaps{}, suppressed},
		{trace.Outcome{Kind: trace.OutcomeDelivered, Reason: trace.ReasonNoListener}, trace.Gaps{}, suppressed},
		{trace.Outcome{Kind: trace.OutcomeDelivered}, trace.Gaps{}, ""},
		{trace.Outcome{Kind: trace.OutcomeUnseen, Reason: trace.ReasonNotTraced}, trace.Gaps{}, ""},
	} {
		rst := ended(trace.Outcome{Kind: trace.OutcomeDelivered})
		rst.ID, rst.Hops[0].Packet.Protocol = 3, layers.IPProtocolTCP
		tr := &trace.Trace{Journeys: []trace.Journey{*ended(c.outcome), *rst}, Gaps: c.gaps}
		got := ""
		for _, r := range English().Account(tr, NewSigns(true)).Journey(&tr.Journeys[0]) {
			if r.Kind == KindReported {
				got = r.Text
			}
		}
		if got != c.want {
			t.Errorf("%v, gaps %+v: %q, want %q", c.outcome.Reason, c.gaps, got, c.want)
		}
	}
}

// TestUnheard: the answer to a packet for which no socket listened says so.
func TestUnheard(t *testing.T) {
	syn := ended(trace.Outcome{Kind: trace.OutcomeDelivered, Reason: trace.ReasonNoListener, ReportedBy: 3})
	rst := ended(trace.Outcome{Kind: trace.OutcomeDelivered})
	rst.ID = 3
	tr := &trace.Trace{Journeys: []trace.Journey{*syn, *rst}}
	for i, want := range []string{"", "in response to " + English().Number(syn.ID) + ": no socket listens on " + arrivedAt(syn)} {
		got := ""
		for _, r := range English().Account(tr, NewSigns(true)).Journey(&tr.Journeys[i]) {
			if r.Kind == KindUnheard {
				got = r.Text
			}
		}
		if got != want {
			t.Errorf("#%d: %q, want %q", tr.Journeys[i].ID, got, want)
		}
	}
}

// TestNeverReported: in response to some packets, no error is ever sent, whatever the rate.
// For a drop that is not reported in any case, no such reason is given.
func TestNeverReported(t *testing.T) {
	toGroup := func(p *trace.Headers) { p.Dst = netip.MustParseAddrPort("239.1.1.1:5000") }
	toAll := func(p *trace.Headers) { p.HasMAC, p.DstMAC = true, trace.MAC{255, 255, 255, 255, 255, 255} }
	later := func(p *trace.Headers) { p.Fragment = 1480 }
	first := func(p *trace.Headers) { p.MoreFragments = true }
	icmp := func(kind uint8) func(p *trace.Headers) {
		return func(p *trace.Headers) { p.Protocol, p.ICMP = layers.IPProtocolICMPv4, trace.ICMP{Type: kind} }
	}
	tcp := func(f trace.Flags) func(p *trace.Headers) {
		return func(p *trace.Headers) { p.Protocol, p.TCP = layers.IPProtocolTCP, trace.TCP{Flags: f} }
	}
	const suppressed = "no ICMP error was seen; the kernel may have suppressed it (net.ipv4.icmp_ratelimit, icmp_msgs_per_sec)"
	const aboutMany = "no ICMP error is sent in response to a broadcast or multicast packet (RFC 1122, section 3.2.2)"
	const aboutError = "no ICMP error is sent in response to an ICMP error (RFC 1122, section 3.2.2)"
	noRoute := trace.Outcome{Reason: trace.ReasonNoRoute, Destination: netip.MustParseAddr("10.9.8.7")}
	rejected := trace.Outcome{Reason: trace.ReasonReject, Hook: trace.Forward, Answer: trace.Reject{Type: 3, Code: 3}}
	reset := trace.Outcome{Reason: trace.ReasonReject, Hook: trace.Forward, Answer: trace.Reject{Reset: true}}
	policy := trace.Outcome{Reason: trace.ReasonPolicy, Hook: trace.Forward}
	for _, c := range []struct {
		what    string
		packet  func(*trace.Headers)
		outcome trace.Outcome
		gaps    trace.Gaps
		want    string
	}{
		{"an error", icmp(layers.ICMPv4TypeTimeExceeded), noRoute, trace.Gaps{}, aboutError},
		{"an error, whatever was lost", icmp(layers.ICMPv4TypeDestinationUnreachable), rejected, trace.Gaps{Lost: 1}, aboutError},
		{"an echo request", icmp(layers.ICMPv4TypeEchoRequest), noRoute, trace.Gaps{}, suppressed},
		{"multicast", toGroup, rejected, trace.Gaps{}, aboutMany},
		{"broadcast", toAll, rejected, trace.Gaps{}, aboutMany},
		{"a later fragment", later, noRoute, trace.Gaps{}, "no ICMP error is sent in response to a fragment other than the first (RFC 1122, section 3.2.2)"},
		{"the first fragment", first, noRoute, trace.Gaps{}, suppressed},
		{"a reset", tcp(trace.RST), reset, trace.Gaps{}, "no TCP RST is sent in response to a TCP RST (RFC 9293, section 3.5.2)"},
		{"a SYN", tcp(trace.SYN), reset, trace.Gaps{}, "no TCP RST was seen"},
		{"an error that a policy drops", icmp(layers.ICMPv4TypeTimeExceeded), policy, trace.Gaps{}, "no ICMP error is sent"},
	} {
		c.outcome.Kind = trace.OutcomeDropped
		j := ended(c.outcome)
		c.packet(&j.Hops[0].Packet)
		tr := &trace.Trace{Journeys: []trace.Journey{*j}, Gaps: c.gaps}
		if got := English().Account(tr, NewSigns(true)).reported(j); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

// TestReportDropped: a node may have dropped the error with which it answered a packet.
func TestReportDropped(t *testing.T) {
	lost := ended(trace.Outcome{Kind: trace.OutcomeDropped, Reason: trace.ReasonTTL})
	unsent := func(node string) trace.Journey {
		return trace.Journey{ID: 2, Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: node, Hook: trace.Output, Reason: trace.ReasonRule}}
	}
	for _, c := range []struct {
		others []trace.Journey
		want   string
	}{
		{[]trace.Journey{unsent("other")}, "no ICMP error was seen; the kernel may have suppressed it (net.ipv4.icmp_ratelimit, icmp_msgs_per_sec)"},
		{[]trace.Journey{unsent("host")}, "no ICMP error left host, which dropped 1 of its own packets"},
		{[]trace.Journey{unsent("host"), unsent("host")}, "no ICMP error left host, which dropped 2 of its own packets"},
	} {
		tr := &trace.Trace{Journeys: append([]trace.Journey{*lost}, c.others...)}
		if got := English().Account(tr, NewSigns(true)).reported(lost); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
