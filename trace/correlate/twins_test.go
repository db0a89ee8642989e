package correlate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// twins sends packets that are equal in every byte: SYN-ACKs with IP id 0 or
// queries over UDP, spaced or overlapping.
func (b *bed) twins(gap time.Duration, overlapping bool) {
	r := b.random
	from := client("client", 40000)
	b.send("client", datagram{ends: trace.Ends{Source: from, Destination: service}, protocol: tcpProto, id: 1, flags: trace.SYN, seq: 9})
	b.wait(time.Millisecond)
	query := datagram{ends: trace.Ends{Source: client("client2", 4000), Destination: at("192.168.60.203:53")}, protocol: udpProto, payload: "query"}
	again := datagram{ends: trace.Ends{Source: inside, Destination: from}, protocol: tcpProto, flags: trace.SYN | trace.ACK, seq: 2, ack: 10}
	node := "flask"
	if r.IntN(2) == 0 {
		again, node = query, "client2"
	}
	for range 2 + r.IntN(2) {
		begin, start := len(b.proofs), b.now
		b.send(node, again).twin = 1
		if took := b.now.Sub(start); overlapping && begin > 0 {
			back := time.Duration(r.Int64N(int64(took)))
			b.overlap(begin, back)
			b.now = b.now.Add(-back)
		}
		b.wait(gap)
	}
}

// TestTwins: equal packets that follow one another are told apart.
func TestTwins(t *testing.T) {
	try(t, 100, func(r *rand.Rand) []string {
		b := newBed(r)
		b.twins(time.Duration(1+r.IntN(1500))*time.Millisecond, false)
		j, c := b.deliver(time.Duration(r.IntN(150))*time.Millisecond, nil)
		return b.judge(j, c, b.all(), true)
	})
}

// TestTwinsCutOff: when the capture ends before the last of equal packets is at
// its end, the earlier ones are not in doubt, nor are the frames that it has.
func TestTwinsCutOff(t *testing.T) {
	try(t, 100, func(r *rand.Rand) (wrong []string) {
		b := newBed(r)
		b.twins(16*time.Millisecond, false)
		final := b.fates[len(b.fates)-1]
		end := final.frames[len(final.frames)-1]
		journeys, _ := b.deliver(5*time.Millisecond, func(p *proof) bool { return p.kind != aFrame || p.frame != end })
		for _, j := range journeys {
			for _, h := range j.Hops {
				if len(h.Ambiguous) > 0 {
					wrong = append(wrong, fmt.Sprintf("#%d %s: the frame at %s/%s may be of %v", j.ID, j.Summary, h.Node, h.Interface, h.Ambiguous))
				}
			}
		}
		return wrong
	})
}

// TestTwinsLost: equal packets that overlap, and of which evidence is missing,
// are not mixed up silently. What cannot be told is left out of the check: a
// packet of which hardly a frame is left.
func TestTwinsLost(t *testing.T) {
	try(t, 300, func(r *rand.Rand) []string {
		b := newBed(r)
		b.twins(time.Duration(r.IntN(300))*time.Microsecond, r.IntN(2) == 0)
		kept, keep := b.lose(map[kind]int{aFrame: r.IntN(2) * 10, aConntrack: r.IntN(3) * 50}, r.IntN(40), r.IntN(10))
		for _, p := range b.proofs {
			if len(p.fate.frames) > 0 && p.kind == aFrame && p.frame == p.fate.frames[0] {
				kept[p] = true // its first frame shows that there is another packet
			}
		}
		j, c := b.deliver(20*time.Millisecond, keep)
		return b.judge(j, c, kept, false)
	})
}

// TestEntryIDUsedAgain: the kernel makes an entry's id of its address in memory,
// so that a later connection can have the same, even with the same addresses.
func TestEntryIDUsedAgain(t *testing.T) {
	for _, reuse := range []bool{false, true} {
		try(t, 30, func(r *rand.Rand) []string {
			b := newBed(r)
			b.web("client", 40000, 1, time.Millisecond)
			e := b.fates[0].conn
			b.wait(8 * time.Second)
			for range 2 { // as time goes by, the first connection's packets are done with
				b.send("flask", datagram{ends: trace.Ends{Source: at("172.17.0.2:0"), Destination: at("172.17.0.3:0")}, arp: 1})
				b.wait(time.Second)
			}
			b.forget(e)
			if reuse {
				b.reuseEntry = e.ID
			}
			b.web("client", 40000, 900000, time.Millisecond)
			j, c := b.deliver(50*time.Millisecond, nil)
			wrong := b.judge(j, c, b.all(), true)
			if n := len(c.Flows()); n != 3 {
				wrong = append(wrong, fmt.Sprintf("%d flows", n))
			}
			return wrong
		})
	}
}

// TestPortUsedAgain: a client uses a port again while the packets of its first
// connection are still being put together. Never is one connection's packet said
// to be of the other's; if the time between them does not tell, none is named.
func TestPortUsedAgain(t *testing.T) {
	for _, pause := range []time.Duration{10 * time.Millisecond, 900 * time.Millisecond, 3 * time.Second, 4500 * time.Millisecond} {
		for _, seed := range seeds(t, 30) {
			w := newWorld(t, rand.New(rand.NewPCG(seed, 0)))
			w.attributes = w.random.IntN(2) == 0
			first, _ := w.connection("client", 40000, 1, "hello")
			w.now = w.now.Add(pause)
			w.connection("client", 40000, 900000, "hello")
			journeys, _ := w.deliver(nil)
			syns := map[bool]int{} // by whether it is the second connection's
			later := func(j *trace.Journey) bool { return w.truth[j.Hops[0].Frame] > len(first) }
			for i := range journeys {
				if j := &journeys[i]; j.Summary == "TCP SYN" {
					syns[later(j)] = j.ID
				}
			}
			for i := range journeys {
				j := &journeys[i]
				for _, h := range j.Hops {
					for _, c := range h.Changes {
						e := c.Cause.Origin.Journey
						if e != 0 && e != syns[later(j)] {
							t.Errorf("seed %d, after %s: #%d %s is said to be of #%d, not #%d", seed, pause, j.ID, j.Summary, e, syns[later(j)])
						}
						if pause > 2*time.Second && c.Cause.Kind == trace.CauseConntrack && e == 0 {
							t.Errorf("seed %d, after %s: #%d %s: nobody established the entry", seed, pause, j.ID, j.Summary)
						}
					}
				}
			}
		}
	}
}

// TestLostDestroy: an entry whose end was not reported does not lend its story to
// the one that comes after it with its id.
func TestLostDestroy(t *testing.T) {
	k := newEntries()
	e := conntrack.Entry{ID: 7, Original: conntrack.Tuple{Protocol: 6, Source: client("client", 1), Destination: service}}
	e.Reply = conntrack.Tuple{Protocol: 6, Source: inside, Destination: client("client", 1)}
	k.learn("host", conntrack.Event{Kind: conntrack.New, Entry: e}, time.Time{})
	k.byID[nodeEntry{"host", 7}].destination.origin.Journey = 3
	k.learn("host", conntrack.Event{Kind: conntrack.New, Entry: e}, time.Time{})
	if n := k.byID[nodeEntry{"host", 7}]; n.destination.origin.Journey != 0 {
		t.Errorf("the later connection was established by #%d", n.destination.origin.Journey)
	}
}

// TestTraceIDUsedAgain: messages whose beginning is lost do not become another
// packet's steps.
func TestTraceIDUsedAgain(t *testing.T) {
	s := tcpSegment{src: client("client", 1), dst: service, ttl: 64, flags: trace.SYN}.bytes(t)
	head := nftrace.Message{ID: 1, Kind: nftrace.Rule, Table: "filter", Chain: "FORWARD", Rule: 3, In: 2, Out: 4,
		Verdict: nftrace.Verdict{Code: nftrace.Jump, Chain: "DOCKER-USER"}, Link: s[:14], Network: s[14:34], Transport: s[34:54]}
	bad := head
	bad.Transport = nil
	for name, m := range map[string]nftrace.Message{
		"another base chain":    {ID: 1, Kind: nftrace.Policy, Table: "nat", Chain: "POSTROUTING", Policy: nftrace.Verdict{Code: nftrace.Accept}},
		"a chain not jumped to": {ID: 1, Kind: nftrace.Rule, Table: "filter", Chain: "DOCKER", Rule: 9, Verdict: nftrace.Verdict{Code: nftrace.Accept}},
		"after a bad beginning": bad,
	} {
		p := newTraversals(newNetwork(Snapshot{State: &trace.State{}}))
		if err := p.add("host", &head, time.Now()); err != nil {
			t.Fatal(err)
		}
		p.add("host", &m, time.Now())
		p.add("host", &nftrace.Message{ID: 1, Kind: nftrace.Policy, Table: "filter", Chain: "FORWARD", Policy: nftrace.Verdict{Code: nftrace.Drop}}, time.Now())
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

// TestOrder: journeys come out in the order of their numbers, also those of
// packets that were on no interface.
func TestOrder(t *testing.T) {
	b := newBed(rand.New(rand.NewPCG(1, 2)))
	for i := range 40 {
		b.send("host", datagram{ends: trace.Ends{Source: at("172.17.0.1:44000"), Destination: at("172.17.0.2:83")}, protocol: tcpProto, id: uint16(i), flags: trace.SYN, seq: uint32(i)})
		b.send("client", datagram{ends: trace.Ends{Source: client("client", 1), Destination: at("172.17.0.2:6000")}, protocol: tcpProto, id: uint16(i), flags: trace.SYN, seq: uint32(i)})
		b.wait(time.Second)
	}
	j, _ := b.deliver(10*time.Millisecond, nil)
	for i := range j {
		if j[i].ID != i+1 {
			t.Fatalf("journey %d has the number %d", i+1, j[i].ID)
		}
	}
	if len(j) != 80 {
		t.Errorf("%d journeys of 80 packets", len(j))
	}
}
