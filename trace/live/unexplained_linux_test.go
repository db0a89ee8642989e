package live

import (
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/netstate"
)

// TestUnexplained: the kernel limits the rate of ICMP errors for datagrams without a listener.
// The other datagrams are only counted, and the trace states the difference for all recordings
// of a session, without what happens between them.
func TestUnexplained(t *testing.T) {
	text := strings.Replace(routed, "RULES", " []", 1)
	text = text[:strings.Index(text, "traffic:")] + "traffic:\n  - { from: client, udp: \"10.2.0.2:9\", count: 12, timeout: 100ms }\n"
	session, err := Open(t.Context(), scenarioOf(t, text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var before, after trace.Counts
	read := func(c *trace.Counts) {
		if err := session.Do("server", func() error { *c = netstate.ReadCounts(); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	var between uint64
	for n := range 2 {
		tr, err := session.Send(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		read(&before)
		reported, counted := uint64(0), before[trace.UDPNoPort]-between
		for i := range tr.Journeys {
			switch o := &tr.Journeys[i].Outcome; {
			case o.Reason == trace.ReasonNoListener:
				reported++
			case o.Kind != trace.OutcomeDelivered && !tr.Journeys[i].Background():
				t.Errorf("#%d: %v, %v", tr.Journeys[i].ID, o.Kind, o.Reason)
			}
		}
		got := tr.State.Node("server").Unexplained
		if counted != uint64(12*(n+1)) || reported == 0 || reported == counted || len(got) != 1 || got[0] != (trace.Counted{Counter: trace.UDPNoPort, Packets: counted - reported}) {
			t.Errorf("recording %d: %d datagrams were counted, %d reported: %v", n+1, counted, reported, got)
		}
		answer := session.request(t.Context(), session.scenario.Traffic[0]) // not recorded
		read(&after)
		between += after[trace.UDPNoPort] - before[trace.UDPNoPort]
		if between == 0 {
			t.Errorf("nothing was sent between the recordings: %v", answer)
		}
	}
}
