package live

import (
	"context"
	"errors"
	"time"

	"tracer/scenarios"
	"tracer/trace"
)

const (
	// requestLimit is the time limit for one request.
	requestLimit = 5 * time.Second
	// settleLimit is how long to wait for connections to close after the last request.
	// A connection whose packets are dropped does not close.
	settleLimit = 500 * time.Millisecond
	// settlePoll is how often to check whether they are closed.
	settlePoll = 500 * time.Microsecond
)

// Options control how a network is recorded. The zero value records everything.
type Options struct {
	// IgnoreConntrack ignores what the rule trace says about connections, as on kernels
	// before 6.16.
	IgnoreConntrack bool
	// NoMarks leaves packets without numbers, as on kernels before 5.19.
	NoMarks bool
	// Progress, if not nil, is called at each step of a run.
	Progress func(string)
	// Each, if not nil, is called with every packet that has been followed, in the order
	// of their numbers, and nothing is kept: memory depends on the traffic of the last
	// seconds, not on the duration. It is not meant for short runs, where following
	// packets would take processor time from them.
	//
	// A packet comes some seconds after it was last seen, and the remaining ones come
	// before Stop returns. Each is called from one goroutine at a time. It must not block
	// for long, and must not use the Recorder. Evidence for which there is no room is
	// counted in the trace's Gaps. Linking packets with others (ICMP errors, proxies) is
	// left to the caller.
	Each func(Packet)
	// unfragmented says that nothing in the network sends fragments.
	unfragmented bool
}

// Run builds a scenario's network, sends its traffic once, and returns what was recorded.
// When it returns, nothing of the network is left. If ctx is canceled while traffic is
// sent, it returns what was recorded so far, with the error.
func Run(ctx context.Context, s *scenarios.Scenario, o Options) (*trace.Trace, error) {
	session, err := Open(ctx, s, o)
	if err != nil {
		return nil, err
	}
	t, err := session.Send(ctx)
	return t, errors.Join(err, session.Close())
}

// settle waits until no connection is open, but no longer than settleLimit.
func settle(ctx context.Context, idle func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, settleLimit)
	defer cancel()
	poll := time.NewTicker(settlePoll)
	defer poll.Stop()
	for {
		if done, err := idle(); done || err != nil {
			return err
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return nil
		}
	}
}
