package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// signals are those that ask a verb to stop: INT, TERM and HUP. Each cancels the
// verb's context. That is enough where the verb computes or waits, and it can then
// put things in order and show what it has.
//
// It is not enough where the kernel holds the process: opening a FIFO that nobody
// writes to, reading from a pipe, writing to one that nobody reads. Nothing can call
// these off, so while they may happen (see [signals.mayBlock]) a signal ends the
// process. A lab that is still up then goes with it.
type signals struct {
	begin chan context.CancelFunc
	block chan bool
	quit  chan struct{}
	done  sync.WaitGroup
}

const (
	// grace is how long output may take when the signal came before it began: what
	// a run has recorded is still shown.
	grace = 5 * time.Second
	// echo is within what time a second signal is the first one again: a terminal
	// sends it to every process, and the first process passes it on to the second.
	echo = 500 * time.Millisecond
)

// obeySignals makes signals the verb's, until stop is called, and returns a context
// that they cancel.
func obeySignals(ctx context.Context) (context.Context, *signals) {
	s := &signals{begin: make(chan context.CancelFunc), block: make(chan bool), quit: make(chan struct{})}
	came := make(chan os.Signal, 8)
	signal.Notify(came, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	s.done.Go(func() {
		defer signal.Stop(came)
		s.watch(came)
	})
	return s.next(ctx), s
}

// next returns a context for what comes next: a signal that has come already has
// done what it was to do, and the next one cancels this.
func (s *signals) next(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	s.begin <- cancel
	return ctx
}

func (s *signals) watch(came <-chan os.Signal) {
	cancel := func() {}
	defer func() { cancel() }()
	var (
		blocking, called bool // called off
		last             time.Time
		late             <-chan time.Time
	)
	for {
		select {
		case <-came:
			again := time.Since(last) < echo
			last = time.Now()
			if again {
				continue
			}
			called = true
			cancel()
			if blocking {
				end()
			}
		case next := <-s.begin:
			cancel()
			cancel, called = next, false
		case blocking = <-s.block:
			if late = nil; blocking && called {
				late = time.After(grace)
			}
		case <-late:
			end()
		case <-s.quit:
			return
		}
	}
}

// mayBlock is called before what cannot be called off; a signal then ends the
// process, until the function that is returned is called.
func (s *signals) mayBlock() (over func()) {
	s.block <- true
	return func() { s.block <- false }
}

// stop gives the signals back to the system.
func (s *signals) stop() {
	close(s.quit)
	s.done.Wait()
}

// end ends the process as one that was interrupted, even if nobody reads standard
// error.
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
