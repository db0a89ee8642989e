package correlate

import (
	"slices"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

// flaskDemo returns a kernel that reports everything a kernel can.
func flaskDemo(t testing.TB) *fakekernel.Kernel {
	k := fakekernel.New(fakekernel.FlaskDemo(true), labtest.Random(t))
	k.Attributes = true
	return k
}

// wantTrue fails the test with the judge's complaints.
func wantTrue(t *testing.T, wrong []string) {
	t.Helper()
	for _, w := range wrong {
		t.Error(w)
	}
}

// TestRetransmitted: a SYN-ACK is sent again, identical in every byte, after the first has
// arrived.
func TestRetransmitted(t *testing.T) {
	k := flaskDemo(t)
	k.Syn("client", 40000, 1)
	k.SynAck("client", 40000, 1)
	k.Wait(300 * time.Millisecond)
	k.SynAck("client", 40000, 1)
	journeys, c := correlate(k, k.Whole(), lag)
	wantTrue(t, k.Judge(journeys, k.Whole(), true))
	if n := c.Stats().Ambiguous; n != 0 || len(journeys) != 3 {
		t.Errorf("%d of %d journeys are ambiguous", n, len(journeys))
	}
}

// TestRetransmittedUnderWay: the same, while the first is still in the container.
func TestRetransmittedUnderWay(t *testing.T) {
	k := flaskDemo(t)
	k.Syn("client", 40000, 1)
	first := len(k.Evidence)
	k.SynAck("client", 40000, 1)
	second := len(k.Evidence)
	k.SynAck("client", 40000, 1)
	a, b := k.Evidence[first:second], k.Evidence[second:]
	for i, e := range slices.Concat(a[:1], b[:1], a[1:], b[1:]) {
		e.Time = a[0].Time.Add(time.Duration(i) * time.Microsecond)
	}
	journeys, _ := correlate(k, k.Whole(), 0)
	if len(journeys) != 3 {
		t.Fatalf("%d journeys", len(journeys))
	}
	for _, j := range journeys[1:] {
		if len(j.Hops) != 5 || j.Outcome.Kind != trace.OutcomeDelivered {
			t.Errorf("#%d: %d hops, %s", j.ID, len(j.Hops), j.Outcome.Kind)
		}
	}
}

// TestDropped: a packet is dropped at forward, after its destination was translated.
func TestDropped(t *testing.T) {
	k := flaskDemo(t)
	d := fakekernel.Datagram{Ends: trace.Ends{Source: fakekernel.Client("client", 40000), Destination: fakekernel.Service}, Protocol: fakekernel.TCP, Flags: trace.SYN}
	d.Destination = end("192.168.52.203:86")
	k.Send("client", d)
	journeys, _ := correlate(k, k.Whole(), lag)
	wantTrue(t, k.Judge(journeys, k.Whole(), true))
	o := journeys[0].Outcome
	if o.Kind != trace.OutcomeDropped || o.Hook != trace.Forward || o.Reason != trace.ReasonRule || o.Rule.Handle != fakekernel.DropRule || o.Node != "host" {
		t.Errorf("outcome: %+v", o)
	}
	if len(o.Changes) != 2 || o.Changes[0].Field != trace.FieldDestination || o.Changes[0].Cause.Kind != trace.CauseRule {
		t.Errorf("what changed before it was dropped: %+v", o.Changes)
	}
}

// TestUnseen: a packet that is not seen again is unseen. If the capture ended just then,
// that is given as the reason.
func TestUnseen(t *testing.T) {
	for _, c := range []struct {
		end    time.Duration
		reason trace.Reason
	}{{time.Second, 0}, {time.Millisecond, trace.ReasonCaptureEnded}} {
		k := flaskDemo(t)
		k.Syn("client", 40000, 1)
		first := k.Evidence[0]
		var journeys []trace.Journey
		to := New(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}, func(j trace.Journey) { journeys = append(journeys, j) })
		k.Deliver(to, map[*fakekernel.Evidence]bool{first: true}, 0)
		to.Flush(first.Time.Add(c.end))
		if o := journeys[0].Outcome; o.Kind != trace.OutcomeUnseen || o.Reason != c.reason || o.Node != "client" {
			t.Errorf("after %s: %+v", c.end, o)
		}
	}
}

// TestOrder: journeys are returned in the order of their numbers, including packets that
// were not seen on any interface.
func TestOrder(t *testing.T) {
	k := flaskDemo(t)
	for i := range 40 {
		d := fakekernel.Datagram{Protocol: fakekernel.TCP, ID: uint16(i), Flags: trace.SYN, Seq: uint32(i)}
		d.Source, d.Destination = end("172.17.0.1:44000"), end("172.17.0.2:83")
		k.Send("host", d)
		d.Source, d.Destination = fakekernel.Client("client", 1), end("172.17.0.2:6000")
		k.Send("client", d)
		k.Wait(time.Second)
	}
	journeys, _ := correlate(k, k.Whole(), 10*time.Millisecond)
	for i := range journeys {
		if journeys[i].ID != i+1 {
			t.Fatalf("journey %d has the number %d", i+1, journeys[i].ID)
		}
	}
	if len(journeys) != 80 {
		t.Errorf("%d journeys of 80 packets", len(journeys))
	}
}

func BenchmarkCorrelate(b *testing.B) {
	k := flaskDemo(b)
	k.Web("client", 40000, 1, 0)
	kept := k.Whole()
	b.ReportAllocs()
	for b.Loop() {
		c := New(Snapshot{State: &k.State, Rules: k.Rules, Marked: k.Marked()}, func(trace.Journey) {})
		k.Deliver(c, kept, 0)
		c.Flush(k.Now)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(k.Truths)), "ns/packet")
}
