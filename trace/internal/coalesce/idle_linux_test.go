package coalesce

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestIdle: what is queued and not yet read keeps Idle from advancing, and so does what the
// reader is still busy with.
func TestIdle(t *testing.T) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(pair[1])
	buffer := make([]byte, 16)
	s, err := New(pair[0], "pair", func(fd uintptr) bool {
		_, _, err := unix.Recvfrom(int(fd), buffer, unix.MSG_DONTWAIT)
		return err == nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	send := func() time.Time {
		if _, err := unix.Write(pair[1], []byte("message")); err != nil {
			t.Fatal(err)
		}
		return time.Now()
	}
	next := func() {
		if err := s.Next(); err != nil {
			t.Fatal(err)
		}
	}
	sent := send()
	if idle := s.Idle(); idle.After(sent) {
		t.Errorf("idle %s after a message that is not read", idle.Sub(sent))
	}
	next()
	if idle := s.Idle(); idle.After(sent) {
		t.Errorf("idle %s after a message that is not handled", idle.Sub(sent))
	}
	waiting := make(chan struct{})
	go func() {
		defer close(waiting)
		next()
	}()
	for limit := time.Now().Add(5 * time.Second); !s.Idle().After(sent); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("a reader that waits is not idle")
		}
	}
	before := time.Now()
	if idle := s.Idle(); idle.Before(before) {
		t.Errorf("a reader that waits was last idle %s ago", before.Sub(idle))
	}
	sent = send()
	<-waiting
	if idle := s.LastIdle(); idle.After(sent) {
		t.Errorf("a message was queued %s before the socket was last empty", idle.Sub(sent))
	}
}
