package correlate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/nftrace"
)

// seeds returns the seeds of a property test: new ones each time, or the one
// that TRACER_SEED names.
func seeds(t *testing.T, n int) []uint64 {
	if s := os.Getenv("TRACER_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		return []uint64{seed}
	}
	out := make([]uint64, n)
	for i := range out {
		out[i] = rand.Uint64()
	}
	return out
}

// connection lets a client's whole request travel, interleaved with nothing,
// and returns the numbers of its packets.
func (w *world) connection(name string, port uint16, seq uint32, payload string) (packets []int, e *entry) {
	from := client(name, port)
	e = w.newEntry(from)
	id := uint16(w.random.Uint32())
	request := func(flags trace.Flags, seq, ack uint32, payload string, isNew bool) {
		id++
		packets = append(packets, w.send(name, false, tcpSegment{src: from, dst: service, id: id, seq: seq, ack: ack, flags: flags, payload: payload}, e, isNew))
	}
	reply := func(id uint16, flags trace.Flags, seq, ack uint32, payload string) {
		packets = append(packets, w.send(name, true, tcpSegment{src: inside, dst: from, id: id, seq: seq, ack: ack, flags: flags, payload: payload}, e, false))
	}
	const server = 77777
	request(trace.SYN, seq, 0, "", true)
	reply(0, trace.SYN|trace.ACK, server, seq+1, "") // Linux sends it with IP id 0
	request(trace.ACK, seq+1, server+1, "", false)
	request(trace.PSH|trace.ACK, seq+1, server+1, payload, false)
	reply(id+100, trace.ACK, server+1, seq+1+uint32(len(payload)), "")
	reply(id+101, trace.PSH|trace.ACK, server+1, seq+1+uint32(len(payload)), payload)
	return packets, e
}

// owner returns the one packet that a journey is of, or 0 and the mixture.
func (w *world) owner(j *trace.Journey) (packet int, mixed string) {
	for _, h := range j.Hops {
		p := w.truth[h.Frame]
		if packet != 0 && p != packet && len(h.Ambiguous) == 0 {
			return 0, fmt.Sprintf("journey #%d %s has frames of packets %d and %d", j.ID, j.Summary, packet, p)
		}
		if packet == 0 || len(h.Ambiguous) == 0 {
			packet = p
		}
	}
	return packet, ""
}

// check holds journeys against the truth. With all the evidence, every packet
// is one journey with five hops and known causes. With less, nothing that is
// said may be wrong.
func (w *world) check(t *testing.T, journeys []trace.Journey, whole bool) {
	t.Helper()
	of := map[int][]*trace.Journey{}
	for i := range journeys {
		j := &journeys[i]
		p, mixed := w.owner(j)
		if mixed != "" {
			t.Fatal(mixed)
		}
		of[p] = append(of[p], j)
		for _, h := range j.Hops {
			for _, c := range h.Changes {
				w.cause(t, j, &h, &c, journeys, whole)
			}
		}
	}
	if !whole {
		return
	}
	for p := 1; p <= w.sent; p++ {
		if len(of[p]) != 1 || len(of[p][0].Hops) != 5 {
			t.Fatalf("packet %d became %d journeys: %+v", p, len(of[p]), of[p])
		}
		if o := of[p][0].Outcome; o.Kind != trace.OutcomeDelivered {
			t.Fatalf("packet %d: %+v", p, o)
		}
	}
}

// cause checks one change.
func (w *world) cause(t *testing.T, j *trace.Journey, h *trace.Hop, c *trace.Change, journeys []trace.Journey, whole bool) {
	t.Helper()
	if whole && c.Cause.Kind == trace.CauseInferred {
		t.Fatalf("#%d %s: %s %s => %s at %s/%s is inferred", j.ID, j.Summary, c.Field, c.From, c.To, h.Node, h.Interface)
	}
	switch c.Field {
	case trace.FieldTTL:
		if c.From != trace.TTL(64) || c.To != trace.TTL(63) || c.Hook != 0 {
			t.Fatalf("#%d: %+v", j.ID, c)
		}
	case trace.FieldDestination:
		if c.To != trace.Endpoint(inside) || c.Hook != 0 && c.Hook != trace.Prerouting || whole && c.Hook == 0 {
			t.Fatalf("#%d: %+v", j.ID, c)
		}
		isSYN := j.Hops[0].Packet.TCP.Flags == trace.SYN
		if c.Cause.Kind == trace.CauseRule != isSYN && (whole || c.Cause.Kind == trace.CauseRule) {
			t.Fatalf("#%d %s: %+v", j.ID, j.Summary, c)
		}
		if c.Cause.Kind == trace.CauseRule && c.Cause.Rule.Text != dnatText {
			t.Fatalf("#%d: %+v", j.ID, c)
		}
	case trace.FieldSource:
		if c.To != trace.Endpoint(service) || c.Cause.Kind == trace.CauseRule || c.Hook != 0 && c.Hook != trace.Postrouting || whole && c.Hook == 0 {
			t.Fatalf("#%d: %+v", j.ID, c)
		}
	}
	if e := c.Cause.Origin; e.Journey != 0 {
		i := slices.IndexFunc(journeys, func(o trace.Journey) bool { return o.ID == e.Journey })
		if i < 0 {
			t.Fatalf("#%d: established by #%d, which is not there", j.ID, e.Journey)
		}
		o := &journeys[i]
		if len(o.Hops) > 0 && len(j.Hops) > 0 && (o.Hops[0].Packet.TCP.Flags != trace.SYN || !sameClient(o, j)) {
			t.Fatalf("#%d %s: established by #%d %s of %s", j.ID, j.Summary, o.ID, o.Summary, o.Hops[0].Packet.Source())
		}
	} else if whole && c.Cause.Kind == trace.CauseConntrack {
		t.Fatalf("#%d %s: %s: nobody established the entry", j.ID, j.Summary, c.Field)
	}
}

// sameClient reports whether two packets are of the same client's connections.
func sameClient(syn, other *trace.Journey) bool {
	c := syn.Hops[0].Packet.Src
	p := other.Hops[0].Packet
	return p.Src == c || p.Dst == c
}

// TestProperties: whatever the order of arrival, with and without bridge
// netfilter and conntrack attributes, with payloads repeated and trace ids used
// again, with two clients that choose the same port and sequence number, and a
// port used for a second connection.
func TestProperties(t *testing.T) {
	for _, seed := range seeds(t, 400) {
		w := newWorld(t, rand.New(rand.NewPCG(seed, 0)))
		w.bridgeNetfilter = w.random.IntN(2) == 0
		w.attributes = w.random.IntN(2) == 0
		port, seq := uint16(40000+w.random.IntN(3)), seqOf(w.random)
		w.connection("client", port, seq, "GET / HTTP/1.1\r\n\r\n")
		w.connection("client2", port, seq, "GET / HTTP/1.1\r\n\r\n")
		w.connection("client", port+1, seq, "GET / HTTP/1.1\r\n\r\n")
		journeys, c := w.deliver(nil)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w.check(t, journeys, true)
			if s := c.Stats(); s.Orphans+s.BadTraces+s.Undecoded+s.Stray+s.Unassigned+s.Ambiguous != 0 {
				t.Errorf("stats: %+v", s)
			}
			for i, j := range journeys {
				if j.ID != i+1 {
					t.Errorf("journey %d has the number %d", i, j.ID)
				}
			}
		})
	}
}

// TestSimultaneous: the packets of two clients, equal but for the address, are
// in the host at the same time, chain by chain.
func TestSimultaneous(t *testing.T) {
	for _, seed := range seeds(t, 200) {
		random := rand.New(rand.NewPCG(seed, 0))
		w := newWorld(t, random)
		w.attributes = random.IntN(2) == 0
		seq := seqOf(random)
		var cuts []int
		for i, name := range []string{"client", "client2"} {
			from := client(name, 40000)
			e := w.newEntry(from)
			cuts = append(cuts, len(w.events))
			start := w.now
			w.pool = uint32(1 + i) // two processors never have one buffer
			w.send(name, false, tcpSegment{src: from, dst: service, id: 7, seq: seq, flags: trace.SYN}, e, true)
			w.now = start // the second one starts when the first did
		}
		// Interleave the two packets' evidence at random, each in its order.
		a, b := w.events[cuts[0]:cuts[1]], w.events[cuts[1]:]
		var mixed []event
		for len(a)+len(b) > 0 {
			if len(b) == 0 || len(a) > 0 && random.IntN(2) == 0 {
				mixed, a = append(mixed, a[0]), a[1:]
			} else {
				mixed, b = append(mixed, b[0]), b[1:]
			}
		}
		w.events = mixed
		journeys, _ := w.deliver(nil)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { w.check(t, journeys, false) })
	}
}

// TestLostEvidence: frames, messages and events are missing at random. Less is
// said then, but nothing that is wrong.
func TestLostEvidence(t *testing.T) {
	for _, seed := range seeds(t, 600) {
		w := newWorld(t, rand.New(rand.NewPCG(seed, 0)))
		w.bridgeNetfilter = w.random.IntN(2) == 0
		w.attributes = w.random.IntN(2) == 0
		seq := seqOf(w.random)
		w.connection("client", 40000, seq, "hello")
		w.connection("client2", 40000, seq, "hello")
		lost := map[kind]int{aFrame: w.random.IntN(4), aMessage: w.random.IntN(8), aConntrack: w.random.IntN(10)}
		noTrace := map[int]bool{}
		for p := 1; p <= w.sent; p++ {
			noTrace[p] = w.random.IntN(4) == 0
		}
		journeys, _ := w.deliver(func(e event) bool {
			if e.kind == aMessage && noTrace[e.packet] {
				return false
			}
			return w.random.IntN(20) >= lost[e.kind]
		})
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) { w.check(t, journeys, false) })
	}
}

// TestRetransmitted: a SYN-trace.ACK is sent again, equal in every byte. If the first
// has arrived by then, they are two journeys; if both are under way, that is
// said.
func TestRetransmitted(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(1, 1)))
	from := client("client", 40000)
	e := w.newEntry(from)
	w.send("client", false, tcpSegment{src: from, dst: service, id: 1, seq: 1, flags: trace.SYN}, e, true)
	again := tcpSegment{src: inside, dst: from, seq: 2, ack: 2, flags: trace.SYN | trace.ACK}
	w.send("client", true, again, e, false)
	w.now = w.now.Add(300 * time.Millisecond)
	w.send("client", true, again, e, false)
	journeys, c := w.deliver(nil)
	w.check(t, journeys, true)
	if c.Stats().Ambiguous != 0 {
		t.Error("the first had arrived, nothing was ambiguous")
	}
}

func TestRetransmittedUnderWay(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(2, 2)))
	from := client("client", 40000)
	e := w.newEntry(from)
	w.send("client", false, tcpSegment{src: from, dst: service, id: 1, seq: 1, flags: trace.SYN}, e, true)
	again := tcpSegment{src: inside, dst: from, seq: 2, ack: 2, flags: trace.SYN | trace.ACK}
	first := len(w.events)
	w.send("client", true, again, e, false)
	second := len(w.events)
	w.send("client", true, again, e, false)
	// Of each, the frames in the container and on the veth come before any other.
	a, b := w.events[first:second], w.events[second:]
	w.events = slices.Concat(w.events[:first], a[:1], b[:1], a[1:], b[1:])
	for i := first; i < len(w.events); i++ {
		w.events[i].time = w.events[first].time.Add(time.Duration(i) * time.Microsecond)
	}
	var journeys []trace.Journey
	c := New(Snapshot{&w.state, w.rules}, func(j trace.Journey) { journeys = append(journeys, j) })
	for _, e := range w.events {
		e.feed(c)
	}
	c.Flush(w.now.Add(time.Second))
	if len(journeys) != 3 {
		t.Fatalf("%d journeys", len(journeys))
	}
	for _, j := range journeys[1:] {
		if len(j.Hops) != 5 || j.Outcome.Kind != trace.OutcomeDelivered {
			t.Errorf("#%d: %d hops, %s", j.ID, len(j.Hops), j.Outcome.Kind)
		}
	}
}

// TestDropped: the policy of FORWARD drops a packet, and the journey says so.
func TestDropped(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(3, 3)))
	from := client("client", 40000)
	e := w.newEntry(from)
	w.send("client", false, tcpSegment{src: from, dst: service, id: 1, seq: 1, flags: trace.SYN}, e, true)
	// Everything after the forward hook did not happen, and the rule there drops.
	var kept []event
	messages := 0
	for _, ev := range w.events {
		if ev.kind == aMessage {
			messages++
			// start 3, new 2, nat 2, seen 2: the tenth is the accepting rule
			if messages >= 10 {
				continue
			}
		}
		if ev.kind == aConntrack || ev.kind == aFrame && len(kept) > 2 {
			continue
		}
		kept = append(kept, ev)
	}
	w.events = kept
	s := tcpSegment{src: from, dst: inside, srcMAC: clientMAC["client"], dstMAC: hostMAC, id: 1, seq: 1, flags: trace.SYN, ttl: 63}
	h := &hooks{w: w, id: 9, in: 2, out: 4}
	h.chain("filter", "FORWARD", s, dropRule)
	journeys, _ := w.deliver(nil)
	if len(journeys) != 1 {
		t.Fatalf("%d journeys", len(journeys))
	}
	o := journeys[0].Outcome
	if o.Kind != trace.OutcomeDropped || o.Hook != trace.Forward || o.Reason != trace.ReasonRule || o.Rule.Handle != 12 || o.Node != "host" {
		t.Errorf("outcome: %+v", o)
	}
	if len(o.Changes) != 2 || o.Changes[0].Field != trace.FieldDestination || o.Changes[0].Cause.Kind != trace.CauseRule {
		t.Errorf("what changed before it was dropped: %+v", o.Changes)
	}
}

var dropRule = nftrace.Message{Rule: 12, Verdict: nftrace.Verdict{Code: nftrace.Drop}}

// TestUnseen: a packet that is not seen again is unseen, and the reason is given
// if the capture ended just then.
func TestUnseen(t *testing.T) {
	for _, c := range []struct {
		end    time.Duration
		reason trace.Reason
	}{{time.Second, 0}, {time.Millisecond, trace.ReasonCaptureEnded}} {
		w := newWorld(t, rand.New(rand.NewPCG(4, 4)))
		from := client("client", 40000)
		w.send("client", false, tcpSegment{src: from, dst: service, id: 1, seq: 1, flags: trace.SYN}, w.newEntry(from), true)
		var journeys []trace.Journey
		k := New(Snapshot{&w.state, w.rules}, func(j trace.Journey) { journeys = append(journeys, j) })
		w.events[0].feed(k)
		k.Flush(w.events[0].time.Add(c.end))
		if o := journeys[0].Outcome; o.Kind != trace.OutcomeUnseen || o.Reason != c.reason || o.Node != "client" {
			t.Errorf("after %s: %+v", c.end, o)
		}
	}
}

// TestBounded: what the correlator remembers does not grow with the input.
func TestBounded(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(5, 5)))
	emitted, most := 0, 0
	c := New(Snapshot{&w.state, w.rules}, func(trace.Journey) { emitted++ })
	for i := range 3000 {
		w.connection("client", uint16(1024+i), uint32(i), "hello")
		for _, e := range w.events {
			e.feed(c)
		}
		w.events, w.truth = w.events[:0], map[int]int{}
		w.now = w.now.Add(50 * time.Millisecond)
		if i > 100 {
			most = max(most, len(c.tracks)+c.joiner.Len()+len(c.traversals.waiting)+len(c.traversals.current)+len(c.reorder.heap))
		}
	}
	c.Flush(w.now)
	if emitted != w.sent {
		t.Errorf("%d journeys of %d packets", emitted, w.sent)
	}
	if most > 4000 { // some seconds of it
		t.Errorf("up to %d things were remembered at a time", most)
	}
}

func BenchmarkCorrelate(b *testing.B) {
	w := newWorld(b, rand.New(rand.NewPCG(6, 6)))
	w.connection("client", 40000, 1, "hello")
	b.ReportAllocs()
	for b.Loop() {
		c := New(Snapshot{&w.state, w.rules}, func(trace.Journey) {})
		for _, e := range w.events {
			e.feed(c)
		}
		c.Flush(w.now)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*w.sent), "ns/packet")
}
