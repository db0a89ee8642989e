package correlate

import (
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/internal/fakekernel"
	"tracer/trace/nftrace"
)

// TestLostDestroy: an entry does not inherit the origin of an earlier one with the same id
// whose end was not reported.
func TestLostDestroy(t *testing.T) {
	k := newEntries()
	from := fakekernel.Client("client", 1)
	e := conntrack.Entry{
		ID: 7, Original: conntrack.Tuple{Protocol: 6, Source: from, Destination: fakekernel.Service},
		Reply: conntrack.Tuple{Protocol: 6, Source: fakekernel.Inside, Destination: from},
	}
	k.learn("host", conntrack.Event{Kind: conntrack.New, Entry: e}, time.Time{}, time.Time{})
	newest(k.byID[nodeEntry{"host", 7}]).destination.origin.Journey = 3
	k.learn("host", conntrack.Event{Kind: conntrack.New, Entry: e}, time.Time{}, time.Time{})
	if n := newest(k.byID[nodeEntry{"host", 7}]); n.destination.origin.Journey != 0 {
		t.Errorf("the later connection was established by #%d", n.destination.origin.Journey)
	}
}

// TestTraceIDUsedAgain: messages whose beginning is lost are not added to another packet's
// steps.
func TestTraceIDUsedAgain(t *testing.T) {
	d := fakekernel.Datagram{TTL: 64, Protocol: fakekernel.TCP, Flags: trace.SYN}
	d.Source, d.Destination = fakekernel.Client("client", 1), fakekernel.Service
	b := d.Bytes()
	head := nftrace.Message{
		ID: 1, Kind: nftrace.Rule, Table: "filter", Chain: "FORWARD", Rule: 3, In: 2, Out: 4,
		Verdict: nftrace.Verdict{Code: nftrace.Jump, Chain: "DOCKER-USER"}, Link: b[:14], Network: b[14:34], Transport: b[34:54],
	}
	bad := head
	bad.Transport = nil
	for name, m := range map[string]nftrace.Message{
		"another base chain":    {ID: 1, Kind: nftrace.Policy, Table: "nat", Chain: "POSTROUTING", Policy: nftrace.Verdict{Code: nftrace.Accept}},
		"a chain not jumped to": {ID: 1, Kind: nftrace.Rule, Table: "filter", Chain: "DOCKER", Rule: 9, Verdict: nftrace.Verdict{Code: nftrace.Accept}},
		"after a bad beginning": bad,
	} {
		p := newTraversals(newNetwork(Snapshot{State: &trace.State{}}))
		if err := p.add("host", &head, time.Time{}, time.Now()); err != nil {
			t.Fatal(err)
		}
		p.add("host", &m, time.Time{}, time.Now())
		p.add("host", &nftrace.Message{ID: 1, Kind: nftrace.Policy, Table: "filter", Chain: "FORWARD", Policy: nftrace.Verdict{Code: nftrace.Drop}}, time.Time{}, time.Now())
		for _, list := range p.waiting {
			if n := len(list[0].steps); n != 1 || list[0].dropped {
				t.Errorf("%s: %d steps, dropped %v", name, n, list[0].dropped)
			}
		}
		if p.orphans == 0 {
			t.Errorf("%s: no orphan was counted", name)
		}
	}
}
