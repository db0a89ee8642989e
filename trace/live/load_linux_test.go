package live

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/nftrace"
)

// TestLoad: under load, every frame is recorded and every packet followed. Only some
// packets have rule steps; for the others, the conntrack entry gives the cause.
//
//	client            host                           dns
//	eth0 ──────────── ens160   docker0 ─ vethXXX ─── eth0
//	10,000 datagrams  :53 ▶ 172.17.0.2:53            no listener
//
// The sender gets no further ahead of the readers than the shortest queues that a plain
// user gets can hold (net.core.rmem_max). So however busy the machine is, a missing frame
// was lost by the recorder. Messages of the rule trace have no such bound: if some are lost, the
// trace must say so, and the load is sent again.
func TestLoad(t *testing.T) {
	for range 3 {
		if followsLoad(t) {
			return
		}
	}
	t.Error("messages of the rule trace were lost three times")
}

// followsLoad checks a load, and reports whether no message of the rule trace was lost.
func followsLoad(t *testing.T) (complete bool) {
	t.Helper()
	s, err := scenarios.Load("dns-published")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Topology.Nodes {
		s.Topology.Nodes[i].Services = nil // the load has its own
	}
	s.Traffic = nil
	session, err := Open(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	const count, size, sightings = 10_000, 64, 5
	seconds := sendLoad(t, session, count, size, sightings)
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gaps := gapsOf(tr)
	if gaps.Steps > 0 {
		t.Logf("gaps: %+v", gaps)
		return false
	}
	untraced := gaps.Untraced
	if gaps.Untraced = 0; gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
	traced := judgeLoad(t, tr, count, size, sightings)
	limit := nftrace.Default().All
	if most := float64(limit.Burst) + float64(limit.PerSecond)*seconds; traced < int(limit.Burst)/2 || float64(traced) > 1.2*most+100 {
		t.Errorf("%d of %d packets have rule steps, at most %.0f should", traced, count, most)
	}
	// Some exceed the limit, and are traced from nat on, as first packets.
	if untraced < uint64(count-traced) || untraced > count-uint64(limit.Burst) {
		t.Errorf("%d of %d packets have rule steps, %d are said to have none", traced, count, untraced)
	}
	return true
}

// sendLoad sends datagrams, each of which is seen at some interfaces, and returns how long it took.
func sendLoad(t *testing.T, session *Session, count, size, sightings int) (seconds float64) {
	t.Helper()
	var sink net.PacketConn
	var source net.Conn
	err := errors.Join(
		session.Do("dns", func() (err error) {
			sink, err = net.ListenPacket("udp4", ":53") // never read: the excess is dropped
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
	const ahead = 20
	before, begun := session.recorder.frames(), time.Now()
	for sent := 0; sent < count; sent += ahead {
		for range ahead {
			if _, err := source.Write(make([]byte, size)); err != nil {
				t.Fatal(err)
			}
		}
		for limit := time.Now().Add(20 * time.Second); session.recorder.frames()-before < (sent+ahead)*sightings; time.Sleep(100 * time.Microsecond) {
			if time.Now().After(limit) {
				t.Fatalf("%d frames were read of the first %d packets", session.recorder.frames()-before, sent+ahead)
			}
		}
	}
	return time.Since(begun).Seconds()
}

// frames returns how many frames have been read.
func (r *Recorder) frames() int {
	r.queue.mu.Lock()
	defer r.queue.mu.Unlock()
	return r.queue.room.used.frames
}

// judgeLoad checks that each packet of the load was followed to its end and translated,
// and returns how many have rule steps.
func judgeLoad(t *testing.T, tr *trace.Trace, count, size, sightings int) (traced int) {
	t.Helper()
	found := 0
	causes := map[trace.CauseKind]int{}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Background() || j.Hops[0].Packet.Payload != size || j.Hops[0].Packet.Destination() != "192.168.52.203:53" {
			continue
		}
		found++
		if len(j.Hops) != sightings || j.Outcome.Kind != trace.OutcomeDelivered {
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
	return traced
}
