package sim_test

import (
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"

	"tracer/sim"
)

// TestResponse: of a socket's error, only the reason is shown.
func TestResponse(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp4", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	for want, r := range map[string]sim.Response{
		"200 Hello":                      {Status: 200, Body: "Hello"},
		"2 of 3 answered":                {Sent: 3, Echoed: 2},
		syscall.ECONNREFUSED.Error():     {Err: fmt.Errorf("get: %w", refused)},
		"no answer":                      {Err: sim.ErrNoAnswer},
		"www: " + sim.ErrInvalid.Error(): {Err: fmt.Errorf("www: %w", sim.ErrInvalid)},
	} {
		if got := r.String(); got != want {
			t.Errorf("%+v: %q, want %q", r, got, want)
		}
	}
}
