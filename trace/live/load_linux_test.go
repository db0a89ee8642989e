package live

import (
	"errors"
	"net"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/nftrace"
)

// TestLoad: under load, every frame is recorded and every packet followed. Only some
// packets have rule steps; for the others, the conntrack entry gives the cause.
func TestLoad(t *testing.T) {
	s, err := scenarios.Load("dns-published")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Topology.Nodes {
		s.Topology.Nodes[i].Services = nil // the load brings its own
	}
	s.Traffic = nil
	session, err := Open(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var sink net.PacketConn
	var source net.Conn
	err = errors.Join(
		session.Do("dns", func() (err error) {
			sink, err = net.ListenPacket("udp4", ":53") // nobody reads: what does not fit is dropped
			return err
		}),
		session.Do("client", func() (err error) {
			source, err = net.Dial("udp4", "192.168.52.203:53")
			return err
		}),
	)
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	defer source.Close()
	const count, size = 5000, 64
	begun := time.Now()
	for range count {
		if _, err := source.Write(make([]byte, size)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Microsecond)
	}
	seconds := time.Since(begun).Seconds()
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if tr.Gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v", tr.Gaps)
	}
	found, traced := 0, 0
	causes := map[trace.CauseKind]int{}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Background() || j.Hops[0].Packet.Payload != size || j.Hops[0].Packet.Destination() != "192.168.52.203:53" {
			continue
		}
		found++
		if len(j.Hops) != 5 || j.Outcome.Kind != trace.OutcomeDelivered {
			t.Fatalf("#%d: %d hops, %s", j.ID, len(j.Hops), j.Outcome.Kind)
		}
		out := &j.Hops[2]
		c := change(out, trace.FieldDestination)
		if c == nil {
			t.Fatalf("#%d is not translated", j.ID)
		}
		causes[c.Cause.Kind]++
		switch {
		case len(out.Steps) > 0:
			traced++
		case out.Evidence != trace.EvidenceConntrack:
			t.Fatalf("#%d: no steps, and the evidence is %s", j.ID, out.Evidence)
		}
	}
	if found != count || causes[trace.CauseRule] != 1 || causes[trace.CauseConntrack] != count-1 {
		t.Errorf("%d of %d packets, causes %v", found, count, causes)
	}
	limit := nftrace.DefaultLimits().All
	if most := float64(limit.Burst) + float64(limit.PerSecond)*seconds; traced < int(limit.Burst)/2 || float64(traced) > 1.2*most+100 {
		t.Errorf("%d of %d packets have rule steps, at most %.0f should", traced, count, most)
	}
}
