package main

import (
	"context"
	"os"
	"testing"
	"time"
)

// TestEarlySignal: a signal that comes before anything else cancels the first context.
func TestEarlySignal(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newSignals()
	came := make(chan os.Signal, 1)
	came <- os.Interrupt
	s.done.Go(func() { s.watch(came, cancel) })
	defer s.stop()
	select {
	case <-ctx.Done():
	case <-time.After(time.Minute):
		t.Error("the signal was lost")
	}
}
