package live

import (
	"cmp"
	"net"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/trace"
)

// packets collects the packets passed to [Options.Each].
type packets struct {
	mu   sync.Mutex
	list []Packet
}

func (p *packets) add(one Packet) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = append(p.list, one)
}

func (p *packets) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.list)
}

// trace returns the packets as a trace.
func (p *packets) trace() *trace.Trace {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := &trace.Trace{}
	flows := map[int]trace.Flow{}
	for _, one := range p.list {
		t.Journeys = append(t.Journeys, one.Journey)
		t.Frames = append(t.Frames, one.Frames...)
		flows[one.Flow.ID] = one.Flow
	}
	for id := 1; id <= len(flows); id++ {
		t.Flows = append(t.Flows, flows[id])
	}
	slices.SortFunc(t.Frames, func(a, b trace.Frame) int { return cmp.Compare(a.Number, b.Number) })
	return t
}

// TestStream: packets delivered while the network is watched are the same as those of a
// trace.
func TestStream(t *testing.T) {
	for _, name := range []string{"flask-demo", "hairpin", "dns-published"} {
		t.Run(name, func(t *testing.T) {
			s, err := scenarios.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := Run(t.Context(), s, Options{})
			if err != nil {
				t.Fatal(err)
			}
			var got packets
			ended, err := Run(t.Context(), s, Options{Each: got.add})
			if err != nil {
				t.Fatal(err)
			}
			streamed := got.trace()
			streamed.Gaps = ended.Gaps
			if gapsOf(streamed) != (trace.Gaps{}) || len(ended.Journeys) > 0 || len(ended.Frames) > 0 {
				t.Errorf("gaps %+v, and kept are %d packets", ended.Gaps, len(ended.Journeys))
			}
			streamed.State = ended.State
			if err := streamed.Check(); err != nil {
				t.Error(err)
			}
			for _, f := range unaccounted(streamed) {
				t.Error(f)
			}
			if d := difference(plain(canonical(streamed)), plain(canonical(kept))); d != "" {
				t.Error(d)
			}
		})
	}
}

// chance matches what varies between labs: hardware addresses, names of veths and the
// ports of clients (ip_local_port_range: 32768 to 60999).
var chance = regexp.MustCompile(`\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b|\bveth[0-9a-f]+\b|:(3[2-9]|[456]\d)\d{3}\b`)

// plain replaces what chance matches in canonical journeys.
func plain(list []string) (out []string) {
	for _, j := range list {
		out = append(out, chance.ReplaceAllString(j, "*"))
	}
	return out
}

// TestStreamReplayed: the same evidence gives identical journeys, byte for byte, whether it
// is processed at once or in steps while time passes.
func TestStreamReplayed(t *testing.T) {
	lasts := 9 * time.Second // long enough for some journeys to be finished early
	if testing.Short() {
		lasts = time.Second
	}
	h := newHandmade(t)
	r := NewRecorder(Options{})
	defer r.Close()
	if err := r.Start(h); err != nil {
		t.Fatal(err)
	}
	first, err := h.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for begun := time.Now(); time.Since(begun) < lasts; time.Sleep(50 * time.Millisecond) {
		h.ask(t, "client", "10.0.0.1")
	}
	last, err := h.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	sockets, err := r.stopReaders()
	closeAll(sockets)
	if err != nil {
		t.Fatal(err)
	}
	list, end := r.queue.take(), r.steady.now()

	var kept kept
	whole := newFollower(first, &kept)
	whole.correlator.Update(last)
	whole.follow(slices.Clone(list))
	whole.correlator.Flush(end)

	var got packets
	h2 := &handed{queue: newQueue(), each: got.add, waiting: map[int]*trace.Frame{}}
	stepwise := newFollower(first, h2)
	h2.flow = stepwise.correlator.Flow
	early := 0
	for now := list[0].read(); len(list) > 0; now = now.Add(streamStep) {
		n := slices.IndexFunc(list, func(e evidence) bool { return e.read().After(now) })
		if n < 0 {
			n = len(list)
		}
		stepwise.correlator.Update(last)
		stepwise.follow(list[:n])
		stepwise.correlator.Advance(now)
		list, early = list[n:], got.len()
	}
	stepwise.correlator.Flush(end)
	if !testing.Short() && early == 0 {
		t.Error("nothing was handed over before the end")
	}
	t.Logf("%d of %d packets were handed over before the end", early, got.len())
	if len(h2.waiting) > 0 {
		t.Errorf("%d frames are left", len(h2.waiting))
	}
	if streamed := got.trace().Journeys; !reflect.DeepEqual(streamed, kept.journeys) {
		t.Errorf("%d journeys, and %d if they are kept, or they differ", len(streamed), len(kept.journeys))
	}
}

// TestStreamBounded: the memory of a recording that delivers packets as it runs depends on
// a few seconds of traffic, and packets that do not fit are counted. Each datagram belongs
// to a connection of its own.
func TestStreamBounded(t *testing.T) {
	s, err := scenarios.Load("dns-published")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Topology.Nodes {
		s.Topology.Nodes[i].Services = nil // nobody answers
	}
	s.Traffic = nil
	lasts := 30 * time.Second
	if testing.Short() {
		lasts = 5 * time.Second
	}
	var handed, hops int
	session, err := Open(t.Context(), s, Options{Each: func(p Packet) { handed++; hops += len(p.Frames) }})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var heaps []uint64 // after each sixth
	sent := 0
	burst := func() error { // short, because the stream reads the client's state, too
		for range 100 {
			c, err := net.Dial("udp4", "192.168.52.203:53")
			if err != nil {
				return err
			}
			_, _ = c.Write(make([]byte, 64)) // an error concerns the previous packet
			_ = c.Close()
			sent++
		}
		return nil
	}
	for begun, due := time.Now(), lasts/6; time.Since(begun) < lasts; {
		if err := session.Do("client", burst); err != nil {
			t.Fatal(err)
		}
		if time.Since(begun) > due {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			heaps, due = append(heaps, m.HeapAlloc>>20), due+lasts/6
		}
	}
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d datagrams in %s; %d packets with %d frames were handed over; heap %v MiB; gaps %+v", sent, lasts, handed, hops, heaps, tr.Gaps)
	if most := slices.Max(heaps); most > 400 {
		t.Errorf("the heap was %d MiB", most)
	}
	if handed == 0 || tr.Gaps.Unkept == 0 && handed < sent {
		t.Errorf("%d packets were handed over of %d, and %d frames were not kept", handed, sent, tr.Gaps.Unkept)
	}
	if used := session.recorder.queue.mark().room.used; used != (amount{}) {
		t.Errorf("%+v is still in use", used)
	}
}

// TestStreamQuiet: packets are delivered even while the network is quiet.
func TestStreamQuiet(t *testing.T) {
	h := newHandmade(t)
	var got packets
	r := NewRecorder(Options{Each: got.add})
	defer r.Close()
	if err := r.Start(h); err != nil {
		t.Fatal(err)
	}
	h.ask(t, "client", "10.0.0.1")
	wait(t, "the answer", func() bool {
		return slices.ContainsFunc(got.trace().Journeys, func(j trace.Journey) bool { return j.Summary == "UDP (12 bytes)" })
	})
	tr, err := r.Stop()
	all := got.trace()
	if err == nil {
		all.Gaps = tr.Gaps
	}
	if err != nil || gapsOf(all) != (trace.Gaps{}) {
		t.Errorf("%v, gaps %+v", err, all.Gaps)
	}
	checkAsked(t, find(t, all, "UDP (4 bytes)"), find(t, all, "UDP (12 bytes)"), "10.0.0.1")
}
