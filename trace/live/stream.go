package live

import (
	"errors"
	"time"
)

const (
	// streamStep is how often evidence is followed as it arrives.
	streamStep = 500 * time.Millisecond
	// mostFlows is how many flows are remembered while packets are handed over.
	mostFlows = 1 << 14
)

// stream is the goroutine that follows evidence as it arrives.
type stream struct {
	quit, done chan struct{}
	err        error // of the last step, or nil
}

func startStream(r *Recorder) *stream {
	s := &stream{quit: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(s.done)
		step := time.NewTicker(streamStep)
		defer step.Stop()
		for {
			select {
			case <-step.C:
				s.err = r.step()
			case <-s.quit:
				return
			}
		}
	}()
	return s
}

// step follows the available evidence. It reads the network after taking the evidence
// from the queue, so that a frame's interface and a packet's neighbors and rules are
// known.
func (r *Recorder) step() error {
	read, list := r.allRead(), r.queue.take()
	left := r.leave()
	_, unwatched := r.watchAll()
	s, unread := r.snapshot()
	if unread == nil {
		r.follower.correlator.Update(s)
	}
	r.follower.follow(list)
	r.follower.correlator.Advance(read)
	r.follower.correlator.ForgetFlows(mostFlows)
	return errors.Join(left, unwatched, unread)
}

// allRead returns the time up to which everything in all nodes has been read. One reader can
// be any time behind another.
func (r *Recorder) allRead() time.Time {
	all := r.steady.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, of := range r.readers {
		if t := of.read(); t.Before(all) {
			all = t
		}
	}
	return all
}

// stopStream ends the stream, if there is one, and returns the error of its last step.
func (r *Recorder) stopStream() error {
	if r.stream == nil {
		return nil
	}
	s := r.stream
	r.stream = nil
	close(s.quit)
	<-s.done
	return s.err
}
