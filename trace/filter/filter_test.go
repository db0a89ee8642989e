package filter

import (
	"net/netip"
	"testing"

	"tracer/trace"
)

func TestMatch(t *testing.T) {
	client, service, inside := netip.MustParseAddrPort("192.168.52.202:4000"), netip.MustParseAddrPort("192.168.52.203:80"), netip.MustParseAddrPort("172.17.0.2:5000")
	j := &trace.Journey{
		ID: 3, Summary: "TCP SYN", Direction: trace.Original,
		Hops: []trace.Hop{
			{Node: "client", Interface: "eth0", Packet: trace.Headers{Src: client, Dst: service, Protocol: 6}},
			{Node: "host", Interface: "docker0", Packet: trace.Headers{Src: client, Dst: inside, Protocol: 6}, Changes: []trace.Change{
				{Field: trace.FieldDestination, Cause: trace.Cause{Kind: trace.CauseRule, Rule: trace.RuleRef{Text: "-j DNAT --to-destination 172.17.0.2:5000"}}},
				{Field: trace.FieldMSS, Cause: trace.Cause{Kind: trace.CauseRule, Rule: trace.RuleRef{Text: "-j TCPMSS --set-mss 500"}}},
				{Field: trace.FieldSourceMAC, Cause: trace.Cause{Kind: trace.CauseNeighbour}},
				{Field: trace.FieldTTL, Cause: trace.Cause{Kind: trace.CauseRouting}},
			}},
		},
		Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "host", Reason: trace.ReasonTooBig},
	}
	for text, want := range map[string]bool{
		"": true, "  ": true, "!": true, "tcp": true, "TCP syn": true, "udp": false, "!udp": true, "!tcp": false, "syn !ack": true,
		"#3": true, "#": false, "#31": false, "original": true, "reply": false, "docker0": true, "host/docker0": true, "192.168.52.203:80": true,
		"172.17": true, "rewritten": true, "dnat": true, "conntrack": false, "dropped": true, "delivered": false, "dropped !host": false,
		"mss": true, "tcpmss": true, "ttl": true, "tos": false, "src": false, "src_mac": true, "dst": true, "dst_mac": false, "routing": false, "big": true, "martian": false,
	} {
		if got := New(text).Match(j); got != want {
			t.Errorf("%q: %v", text, got)
		}
		if New(text).String() != text {
			t.Errorf("%q is shown as %q", text, New(text).String())
		}
	}
	if (Filter{}).Match(j) != true || !New(" ! ").Empty() || New("a").Empty() {
		t.Error("empty filters")
	}
}
