package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket/layers"
)

// sighted is a packet seen once, in a node, some milliseconds after the recording began.
func sighted(id, ms int, node string, p Headers, o Outcome) Journey {
	o.Node = node
	return Journey{ID: id, Direction: Original, Hops: []Hop{{Node: node, Time: time.UnixMilli(int64(ms)), Packet: p}}, Outcome: o}
}

var (
	client = netip.MustParseAddrPort("10.1.0.2:4000")
	server = netip.MustParseAddrPort("10.2.0.2:53")

	datagram = Headers{Protocol: layers.IPProtocolUDP, Src: client, Dst: server}
	rejected = Outcome{Kind: OutcomeDropped, Hook: Forward, Reason: ReasonReject, Answer: Reject{Type: 3, Code: 3}}
	arrived  = Outcome{Kind: OutcomeDelivered}
)

// unreachable is the ICMP error about a packet.
func unreachable(p Headers) Headers {
	q := p.Quote()
	return Headers{Protocol: layers.IPProtocolICMPv4, ICMP: ICMP{Type: 3, Code: 3, Quoted: &q}}
}

// segment is a TCP segment to the server.
func segment(flags Flags, seq, ack uint32, payload int) Headers {
	return Headers{Protocol: layers.IPProtocolTCP, Src: client, Dst: server, TCP: TCP{Flags: flags, Seq: seq, Ack: ack}, Payload: payload}
}

// answer is a TCP segment from the server.
func answer(flags Flags, seq, ack uint32) Headers {
	p := segment(flags, seq, ack, 0)
	p.Src, p.Dst = p.Dst, p.Src
	return p
}

// reported links the reports of a trace and returns, in order, the number of the packet that
// reports each packet.
func reported(journeys ...Journey) (by []int) {
	t := Trace{Journeys: journeys}
	t.LinkReports()
	for i := range t.Journeys {
		by = append(by, t.Journeys[i].Outcome.ReportedBy)
	}
	return by
}

// TestLimitedReports: six of ten equal rejected datagrams are reported. Each report belongs
// to the datagram right before it.
func TestLimitedReports(t *testing.T) {
	var journeys []Journey
	var want []int
	for i := range 10 {
		journeys = append(journeys, sighted(i+1, 10*i, "gateway", datagram, rejected))
		want = append(want, 0)
		if i < 6 {
			want[i] = 11 + i
		}
	}
	for i := range 6 {
		journeys = append(journeys, sighted(11+i, 10*i+1, "gateway", unreachable(datagram), arrived))
		want = append(want, 0)
	}
	if got := reported(journeys...); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestReportsOfContent: a SYN and its retransmission over IPv6 wait for the same neighbor, and are
// reported together. Each report belongs to the one that it quotes.
func TestReportsOfContent(t *testing.T) {
	first, again := segment(SYN, 7, 0, 0), segment(SYN, 7, 0, 0)
	first.Content, again.Content = 1, 2
	got := reported(
		sighted(1, 0, "gateway", first, rejected), sighted(2, 1000, "gateway", again, rejected),
		sighted(3, 3000, "gateway", unreachable(first), arrived), sighted(4, 3000, "gateway", unreachable(again), arrived),
	)
	if want := []int{3, 4, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestReports: which packet a report is about.
func TestReports(t *testing.T) {
	translated := datagram
	translated.Dst = netip.MustParseAddrPort("172.17.0.2:53")
	twice := sighted(1, 0, "gateway", datagram, rejected)
	twice.Hops = append(twice.Hops, Hop{Node: "gateway", Time: time.UnixMilli(1), Packet: translated})
	lost := Outcome{Kind: OutcomeDropped, Hook: Forward, Reason: ReasonRule}
	syn := segment(SYN, 100, 0, 0)
	for name, c := range map[string]struct {
		journeys []Journey
		want     []int
	}{
		"an error about it":          {[]Journey{sighted(1, 0, "gateway", datagram, rejected), sighted(2, 1, "gateway", unreachable(datagram), arrived)}, []int{2, 0}},
		"an error that is lost":      {[]Journey{sighted(1, 0, "gateway", datagram, rejected), sighted(2, 1, "gateway", unreachable(datagram), lost)}, []int{2, 0}},
		"an error before it":         {[]Journey{sighted(1, 1, "gateway", datagram, rejected), sighted(2, 0, "gateway", unreachable(datagram), arrived)}, []int{0, 0}},
		"an error of another node":   {[]Journey{sighted(1, 0, "gateway", datagram, rejected), sighted(2, 1, "server", unreachable(datagram), arrived)}, []int{0, 0}},
		"an error about another":     {[]Journey{sighted(1, 0, "gateway", datagram, rejected), sighted(2, 1, "gateway", unreachable(translated), arrived)}, []int{0, 0}},
		"two errors, one packet":     {[]Journey{twice, sighted(2, 2, "gateway", unreachable(datagram), arrived), sighted(3, 3, "gateway", unreachable(translated), arrived)}, []int{2, 0, 0}},
		"a SYN, rejected":            {[]Journey{sighted(1, 0, "gateway", syn, rejected), sighted(2, 1, "gateway", answer(RST|ACK, 0, 101), arrived)}, []int{2, 0}},
		"a SYN to a closed port":     {[]Journey{sighted(1, 0, "server", syn, arrived), sighted(2, 1, "server", answer(RST|ACK, 0, 101), arrived)}, []int{2, 0}},
		"a SYN, accepted, reset":     {[]Journey{sighted(1, 0, "server", syn, arrived), sighted(2, 1, "server", answer(RST|ACK, 501, 101), arrived)}, []int{0, 0}},
		"another SYN's reset":        {[]Journey{sighted(1, 0, "server", syn, arrived), sighted(2, 1, "server", answer(RST|ACK, 0, 102), arrived)}, []int{0, 0}},
		"data, rejected":             {[]Journey{sighted(1, 0, "gateway", segment(ACK, 101, 501, 80), rejected), sighted(2, 1, "gateway", answer(RST, 501, 0), arrived)}, []int{2, 0}},
		"data, delivered, and reset": {[]Journey{sighted(1, 0, "server", segment(ACK, 101, 501, 80), arrived), sighted(2, 1, "server", answer(RST, 501, 0), arrived)}, []int{0, 0}},
		"an address it was given":    {[]Journey{twice, sighted(2, 2, "gateway", unreachable(translated), arrived)}, []int{2, 0}},
		"no interface":               {[]Journey{{ID: 1, Outcome: lost}, sighted(2, 1, "gateway", unreachable(datagram), arrived)}, []int{0, 0}},
	} {
		if got := reported(c.journeys...); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestNoListener: a delivered packet that its node reports had no listener; one that is not
// reported may have had one.
func TestNoListener(t *testing.T) {
	for _, p := range []Headers{datagram, segment(SYN, 100, 0, 0)} {
		report := unreachable(p)
		if p.Protocol == layers.IPProtocolTCP {
			report = answer(RST|ACK, 0, 101)
		}
		tr := Trace{Journeys: []Journey{sighted(1, 0, "server", p, arrived), sighted(2, 5, "server", p, arrived), sighted(3, 6, "server", report, arrived)}}
		tr.LinkReports()
		got := fmt.Sprint(tr.Journeys[0].Outcome.Reason, tr.Journeys[1].Outcome.Reason, tr.Journeys[1].Outcome.ReportedBy)
		if want := fmt.Sprint(Reason(0), ReasonNoListener, 3); got != want {
			t.Errorf("%v: %s, want %s", p.Protocol, got, want)
		}
	}
}
