package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// signals handles the signals that ask a verb to stop: INT, TERM and HUP. Each cancels the
// verb's context. That is enough while the verb computes or waits: it can then clean up and
// show its results so far.
//
// It is not enough while the process blocks in a system call: opening a FIFO without a
// writer, reading from a pipe, writing to a pipe that nobody reads. These calls cannot be
// canceled. So during such a call (see [signals.mayBlock]) a signal ends the process, and
// with it a lab that is still running.
type signals struct {
	begin   chan context.CancelFunc
	block   chan bool
	blocked chan bool // answers block: whether the context was canceled
	quit    chan struct{}
	done    sync.WaitGroup
}

const (
	// grace is how long output may take if the signal came before it began, so an
	// interrupted run still shows its recording.
	grace = 5 * time.Second
	// echo is the time within which a second signal counts as the same one: a terminal
	// sends it to both processes, and the first passes it on to the second.
	echo = 500 * time.Millisecond
)

// obeySignals handles signals until stop is called, and returns a context that they
// cancel.
func obeySignals(ctx context.Context) (context.Context, *signals) {
	s := newSignals()
	came := make(chan os.Signal, 8)
	signal.Notify(came, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(ctx) // before any signal is taken: it must cancel something
	s.done.Go(func() {
		defer signal.Stop(came)
		s.watch(came, cancel)
	})
	return ctx, s
}

func newSignals() *signals {
	return &signals{
		begin: make(chan context.CancelFunc),
		block: make(chan bool), blocked: make(chan bool),
		quit: make(chan struct{}),
	}
}

// next returns a context for the next phase of the verb. Only later signals cancel it.
func (s *signals) next(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	s.begin <- cancel
	return ctx
}

func (s *signals) watch(came <-chan os.Signal, cancel context.CancelFunc) {
	defer func() { cancel() }()
	var (
		blocking, called bool // called: the context was canceled
		last             time.Time
		late             <-chan time.Time
	)
	take := func() {
		again := time.Since(last) < echo
		last = time.Now()
		if again {
			return
		}
		called = true
		cancel()
		if blocking {
			end()
		}
	}
	for {
		select {
		case <-came:
			take()
		case next := <-s.begin:
			cancel()
			cancel, called = next, false
		case b := <-s.block:
			if len(came) > 0 { // it came before the change
				<-came
				take()
			}
			blocking, late = b, nil
			if blocking && called {
				late = time.After(grace)
			}
			s.blocked <- called
		case <-late:
			end()
		case <-s.quit:
			return
		}
	}
}

// mayBlock announces calls that cannot be canceled. Until over is called, a signal ends the
// process.
func (s *signals) mayBlock() (over func()) {
	s.may(true)
	return func() { s.may(false) }
}

// handOver leaves all further signals to the second process, which is about to begin. It
// fails if one has come already.
func (s *signals) handOver() error {
	if s.may(false) {
		return errInterrupted
	}
	return nil
}

// may reports whether a signal canceled the context. All signals that came before it was
// called have then been handled.
func (s *signals) may(block bool) (called bool) {
	s.block <- block
	return <-s.blocked
}

// stop restores the default handling of signals.
func (s *signals) stop() {
	close(s.quit)
	s.done.Wait()
}

// end ends the process with the error for an interruption, even if writing to standard error
// blocks.
func end() {
	told := make(chan struct{})
	go func() {
		complain(errInterrupted)
		close(told)
	}()
	select {
	case <-told:
	case <-time.After(echo):
	}
	os.Exit(exitFailed)
}
