package live

import (
	"context"
	"errors"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace"
)

const (
	// requestLimit is how long one request may take.
	requestLimit = 5 * time.Second
	// settleLimit is how long to wait for connections to close after the last request.
	// A connection whose packets are dropped does not close.
	settleLimit = 500 * time.Millisecond
	// settlePoll is how often to check whether they are closed.
	settlePoll = 500 * time.Microsecond
)

// Options change how a network is recorded. The zero value records all there is.
type Options struct {
	// IgnoreConntrack leaves out what the rule trace says of connections, as on
	// kernels before 6.16.
	IgnoreConntrack bool
	// Progress, if given, is called with each step of a run.
	Progress func(string)
	// Each, if given, is called with every packet that has been followed, in the order
	// of their numbers, and nothing is kept: what the recording takes of memory depends
	// on the traffic of the last seconds, not on its duration. It is not for short runs,
	// where following packets would take processor time from them.
	//
	// A packet comes some seconds after it was last seen, and all that are left come
	// before Stop returns. They come from one goroutine at a time, which must not wait
	// long, and in which the Recorder must not be used. Evidence for which there is no
	// room is counted in the trace's Gaps. What links packets with others (ICMP errors,
	// proxies) is left to the caller.
	Each func(Packet)
}

// Run builds a scenario's network, sends its traffic once, and returns what was
// recorded. When it returns, nothing of the network is left. If ctx is cancelled while
// traffic is sent, it returns what was recorded by then, with the error.
func Run(ctx context.Context, s *scenarios.Scenario, o Options) (*trace.Trace, error) {
	session, err := Open(ctx, s, o)
	if err != nil {
		return nil, err
	}
	t, err := session.Send(ctx)
	return t, errors.Join(err, session.Close())
}

func send(ctx context.Context, lab *sim.Lab, r sim.Request) trace.Answer {
	ctx, cancel := context.WithTimeout(ctx, requestLimit)
	defer cancel()
	return trace.Answer{From: r.From, URL: r.String(), Text: lab.Send(ctx, r).String()}
}

// settle waits until no connection is open, but not longer than settleLimit.
func settle(ctx context.Context, lab *sim.Lab) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	poll := time.NewTicker(settlePoll)
	defer poll.Stop()
	for {
		idle, err := lab.Idle()
		if idle || err != nil {
			return err
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return nil
		}
	}
}
