package live

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// TestFlood: a full recording counts what it omits, uses no more memory, and can be saved
// and read. Each datagram is a connection of its own, the worst case for memory.
func TestFlood(t *testing.T) {
	s, err := scenarios.Load("dns-published")
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Topology.Nodes {
		s.Topology.Nodes[i].Services = nil // nobody answers
	}
	s.Traffic = nil
	session, err := Open(t.Context(), s, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	debug.FreeOSMemory()                                                     // what earlier tests left behind
	measured := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) == nil // resets the peak (proc(5))
	full := func() bool {
		now := session.recorder.queue.mark()
		return now.room.full && now.gaps.Unkept > 1000
	}
	begun := time.Now()
	err = session.Do("client", func() error {
		for !full() {
			if time.Since(begun) > time.Minute {
				return fmt.Errorf("the recording is not full after %s", time.Since(begun))
			}
			for range 100 {
				c, err := net.Dial("udp4", "192.168.52.203:53")
				if err != nil {
					return err
				}
				_, _ = c.Write(make([]byte, 64)) // an error concerns the previous packet
				_ = c.Close()
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if peak := peakMemory(t); measured && !withRace && peak > 640<<20 {
		t.Errorf("took %d MiB", peak>>20)
	}
	if len(tr.Frames) > mostFrames || len(tr.Journeys) == 0 || tr.Gaps.Unkept == 0 || tr.Gaps.Steps == 0 || tr.Gaps.Events == 0 {
		t.Errorf("%d frames, %d packets, %+v", len(tr.Frames), len(tr.Journeys), tr.Gaps)
	}
	if said := explain.English().Gaps(tr.Gaps); !strings.Contains(strings.Join(said, "\n"), "recording was full") {
		t.Errorf("the gaps are told as %q", said)
	}
	if err := tr.Check(); err != nil {
		t.Error(err)
	}
	in, out := io.Pipe()
	go func() {
		w := bufio.NewWriter(out)
		err := export.JSON(w, tr, explain.English())
		if err == nil {
			err = w.Flush()
		}
		out.CloseWithError(err)
	}()
	again, err := export.Read(in)
	if err != nil || len(again.Journeys) != len(tr.Journeys) || again.Gaps != tr.Gaps {
		t.Errorf("what was recorded is not what is read again: %v", err)
	}
	// Packets sent after that are only counted.
	more, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(more.Frames) != len(tr.Frames) || len(more.Journeys) != len(tr.Journeys) {
		t.Errorf("%d frames and %d packets, before %d and %d", len(more.Frames), len(more.Journeys), len(tr.Frames), len(tr.Journeys))
	}
}

// peakMemory returns the peak memory use of this process (VmHWM in proc(5)), in bytes.
func peakMemory(t *testing.T) (bytes int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &bytes); err == nil {
			return bytes << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// TestRoom: the recording ends at the time of the earliest item that does not fit, unless
// half of the room becomes free again.
func TestRoom(t *testing.T) {
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	one, note := amount{frames: 1, bytes: 10}, amount{messages: 1}
	r := room{limit: amount{frames: 4, bytes: 40, messages: 4}}
	for i, step := range []struct {
		fits, want bool
	}{
		{r.take(amount{frames: 1, bytes: 30}, at(4)), true},
		{r.take(one, at(5)), true},
		{r.take(note, at(6)), true},
		{r.take(one, at(9)), false},
		{r.take(amount{frames: 1}, at(8)), false}, // because the room is full
		{r.take(note, at(10)), false},
	} {
		if step.fits != step.want {
			t.Errorf("step %d: %+v", i, r)
		}
	}
	if end := r.end(at(20)); end != at(8) {
		t.Errorf("ended at %s", end)
	}
	if want := (amount{2, 40, 1}); r.used != want {
		t.Errorf("%+v, not %+v", r.used, want)
	}
	r.free(one)
	if r.take(one, at(11)) {
		t.Error("taken before half of it was free")
	}
	r.free(amount{frames: 1, bytes: 30})
	if !r.take(one, at(12)) || r.end(at(20)) != at(20) {
		t.Errorf("not taken, or not ended when it was stopped: %+v", r)
	}
}
