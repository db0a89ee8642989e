package live

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tracer/trace"
)

// TestAbandon: if the readers cannot be reopened, none stays open, and the next recording
// contains nothing of the failed attempt.
func TestAbandon(t *testing.T) {
	s, err := Open(t.Context(), load(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.recorder.closing.Wait()
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	var old unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	few := old
	few.Cur = uint64(len(files)) + 5 // enough for only some of the readers
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &few); err != nil {
		t.Fatal(err)
	}
	_, err = s.Send(t.Context())
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	if err == nil {
		t.Fatal("all readers were opened")
	}
	if n := len(s.recorder.readers); n > 0 {
		t.Errorf("%d sources are open", n)
	}
	tr, err := s.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
	syns := 0
	for i := range tr.Journeys {
		if tr.Journeys[i].Summary == "TCP SYN" {
			syns++
		}
	}
	if syns != 2 {
		t.Errorf("%d SYNs in two sendings", syns)
	}
	for _, f := range unaccounted(tr) {
		t.Error(f)
	}
}
