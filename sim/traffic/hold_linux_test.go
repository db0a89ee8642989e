package traffic_test

import (
	"context"
	"errors"
	"os"
	"syscall"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/traffic"
)

// TestHold: nobody else can listen on a held port, and nobody answers there.
func TestHold(t *testing.T) {
	ns := labtest.Loopback(t)
	for _, datagrams := range []bool{false, true} {
		running(t)(traffic.Hold(t.Context(), ns, port(80), datagrams))
		if _, err := traffic.Hold(t.Context(), ns, port(80), datagrams); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("datagrams %t: held twice: %v", datagrams, err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := traffic.Get(ctx, ns, traffic.PageRequest{URL: "http://127.0.0.1:80/"}); !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the page: %v", err)
	}
	if answers, _, err := traffic.Exchange(ctx, ns, traffic.DatagramRequest{To: port(80), Payload: "x"}); len(answers) > 0 {
		t.Errorf("the datagram: %q, %v", answers, err)
	}
}
