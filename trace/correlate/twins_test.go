package correlate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/internal/fakekernel"
)

func end(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// twins sends packets that are identical in every byte: SYN-ACKs with IP id 0 or queries over
// UDP, spaced or overlapping.
func twins(k *fakekernel.Kernel, gap time.Duration, overlapping bool) {
	k.Syn("client", 40000, 9)
	k.Wait(time.Millisecond)
	query := fakekernel.Datagram{Protocol: fakekernel.UDP, Payload: "query"}
	query.Source, query.Destination = fakekernel.Client("client2", 4000), end("192.168.60.203:53")
	again := func() { k.SynAck("client", 40000, 9) }
	if k.Random.IntN(2) == 0 {
		again = func() { k.Send("client2", query) }
	}
	for range 2 + k.Random.IntN(2) {
		begin, start := len(k.Evidence), k.Now
		again()
		if overlapping {
			k.Overlap(begin, time.Duration(k.Random.Int64N(int64(k.Now.Sub(start)))))
		}
		k.Wait(gap)
	}
}

// TestTwins: equal packets that follow one another are distinguished.
func TestTwins(t *testing.T) {
	try(t, 100, func(r *rand.Rand) []string {
		k := newKernel(r)
		twins(k, time.Duration(1+r.IntN(1500))*time.Millisecond, false)
		journeys, _ := correlate(k, k.Whole(), time.Duration(r.IntN(150))*time.Millisecond)
		return k.Judge(journeys, k.Whole(), true)
	})
}

// TestTwinsCutOff: if the capture ends before the last of several equal packets arrives,
// neither the earlier ones nor its own frames are ambiguous.
func TestTwinsCutOff(t *testing.T) {
	try(t, 100, func(r *rand.Rand) (wrong []string) {
		k := newKernel(r)
		twins(k, 16*time.Millisecond, false)
		final := k.Truths[len(k.Truths)-1]
		last := final.Frames[len(final.Frames)-1]
		journeys, _ := correlate(k, k.Keep(func(e *fakekernel.Evidence) bool { return e.Frame.Number != last }), 5*time.Millisecond)
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

// TestTwinsLost: equal packets that overlap are not silently mixed up when evidence is
// missing. The first frame of each is kept: it shows that there is another packet.
func TestTwinsLost(t *testing.T) {
	try(t, 300, func(r *rand.Rand) []string {
		k := newKernel(r)
		twins(k, time.Duration(r.IntN(300))*time.Microsecond, r.IntN(2) == 0)
		kept := k.Lose(fakekernel.Loss{Frames: r.IntN(2) * 10, Events: r.IntN(3) * 50, Traces: r.IntN(40), Heads: r.IntN(10)})
		for _, e := range k.Evidence {
			if e.Kind == fakekernel.Frame && e.Frame.Number == e.Of.Frames[0] {
				kept[e] = true
			}
		}
		journeys, _ := correlate(k, kept, 20*time.Millisecond)
		return k.Judge(journeys, kept, false)
	})
}

// TestEntryIDUsedAgain: the kernel derives an entry's id from its address in memory, so a
// later connection can have the same id, even between the same ends.
func TestEntryIDUsedAgain(t *testing.T) {
	for _, reuse := range []bool{false, true} {
		try(t, 30, func(r *rand.Rand) []string {
			k := newKernel(r)
			k.Web("client", 40000, 1, time.Millisecond)
			first := k.Truths[0].On("host").Of
			k.Wait(8 * time.Second)
			for range 2 { // in time, the first connection's packets are finished
				question := fakekernel.Datagram{ARP: 1}
				question.Source, question.Destination = end("172.17.0.2:0"), end("172.17.0.3:0")
				k.Send("flask", question)
				k.Wait(time.Second)
			}
			k.Forget(first)
			if reuse {
				k.ReuseID = first.ID
			}
			k.Web("client", 40000, 900000, time.Millisecond)
			journeys, c := correlate(k, k.Whole(), 50*time.Millisecond)
			wrong := k.Judge(journeys, k.Whole(), true)
			if n := len(c.Flows()); n != 3 {
				wrong = append(wrong, fmt.Sprintf("%d flows", n))
			}
			return wrong
		})
	}
}

// TestPortUsedAgain: a client reuses a port while the packets of its first connection are
// still being assembled. No packet is attributed to the wrong connection. If the time
// between them does not decide, no origin is named. The end of the first connection may
// not have been reported.
func TestPortUsedAgain(t *testing.T) {
	for _, pause := range []time.Duration{10 * time.Millisecond, 900 * time.Millisecond, 3 * time.Second, 4500 * time.Millisecond} {
		t.Run(pause.String(), func(t *testing.T) {
			try(t, 30, func(r *rand.Rand) (wrong []string) {
				k := newKernel(r)
				k.Web("client", 40000, 1, 0)
				k.Wait(pause)
				k.Forget(k.Truths[0].On("host").Of)
				destroy := k.Evidence[len(k.Evidence)-1]
				first := len(k.Truths)
				k.Web("client", 40000, 900000, 0)
				reported := r.IntN(2) == 0
				journeys, _ := correlate(k, k.Keep(func(e *fakekernel.Evidence) bool { return e != destroy || reported }), lag)
				later := func(j *trace.Journey) bool { return k.Packet(j.Hops[0].Frame).Number > first }
				syns := map[bool]int{} // by whether the SYN is the second connection's
				for i := range journeys {
					if j := &journeys[i]; j.Summary == "TCP SYN" {
						syns[later(j)] = j.ID
					}
				}
				for i := range journeys {
					j := &journeys[i]
					for _, h := range j.Hops {
						for _, c := range h.Changes {
							if e := c.Cause.Origin.Journey; e != 0 && e != syns[later(j)] {
								wrong = append(wrong, fmt.Sprintf("#%d %s is said to be of #%d, not #%d", j.ID, j.Summary, e, syns[later(j)]))
							} else if pause > 2*time.Second && c.Cause.Kind == trace.CauseConntrack && e == 0 {
								wrong = append(wrong, fmt.Sprintf("#%d %s: nobody established the entry", j.ID, j.Summary))
							}
						}
					}
				}
				return wrong
			})
		})
	}
}
