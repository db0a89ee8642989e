package live

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace"
)

const (
	// requestLimit is how long one request may take.
	requestLimit = 5 * time.Second
	// settleLimit is how long connections may take to close after the last
	// request. A connection whose packets are dropped does not close.
	settleLimit = 500 * time.Millisecond
	// settlePoll is how often that is looked at.
	settlePoll = 500 * time.Microsecond
)

// Options change how a run is recorded. The zero value records all there is.
type Options struct {
	// IgnoreConntrack leaves out what the rule trace says of connections, as on
	// kernels before 6.16.
	IgnoreConntrack bool
	// Progress, if given, is told what is being done.
	Progress func(string)
}

// Run builds a scenario's network, sends its traffic once, and returns what was
// seen. Nothing of the network is left when it returns. If ctx is cancelled
// while traffic is sent, what was recorded until then comes with the error.
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

// settle waits until no connection is open any more, or as long as it may.
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

// wrap says in which node something could not be opened.
func wrap(node string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("watch %s: %w", node, err)
}
