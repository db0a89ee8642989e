package live

import (
	"context"
	"errors"
	"sync"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace"
)

// Session is a scenario's network, up and running, whose traffic can be sent
// again and again. It records while traffic is sent; between two times nothing
// is, so a trace has what the scenario did and not what the nodes said to each
// other while somebody was reading.
//
// A Session is for use by one goroutine at a time.
type Session struct {
	scenario *scenarios.Scenario
	lab      *sim.Lab
	recorder *recorder
	say      func(string)
	sent     bool
	answers  []trace.Answer
	closing  sync.WaitGroup // sockets of the sending before, which take their time
	closed   sync.Once
	err      error // of closing
}

// Open builds a scenario's network and begins to record, before the first frame
// can pass.
func Open(ctx context.Context, s *scenarios.Scenario, o Options) (*Session, error) {
	say := o.Progress
	if say == nil {
		say = func(string) {}
	}
	say("building the network")
	r := newRecorder(o)
	lab, err := sim.Build(ctx, s.Topology, sim.Options{Prepare: r.prepare})
	if err != nil {
		r.close()
		return nil, err
	}
	session := &Session{scenario: s, lab: lab, recorder: r, say: say}
	state, err := snapshot(lab)
	if err != nil {
		return nil, errors.Join(err, session.Close())
	}
	r.begin(state)
	return session, nil
}

// Do runs f in the network namespace of a node, so that other tools can look at
// it: what f starts, runs there.
func (s *Session) Do(node string, f func() error) error { return s.lab.Do(node, f) }

// Send sends the scenario's traffic, waits until the connections are closed, and
// returns everything seen since the session was opened. What is in a trace does
// not change later: another Send returns another, longer one. If ctx is
// cancelled, what was recorded until then comes with the error.
func (s *Session) Send(ctx context.Context) (*trace.Trace, error) {
	if s.sent {
		if err := s.resume(); err != nil {
			s.recorder.abandon()
			return nil, err
		}
	}
	s.sent = true
	for _, request := range s.scenario.Traffic {
		s.say("sending " + request.String() + " from " + request.From)
		s.answers = append(s.answers, send(ctx, s.lab, request))
	}
	s.say("waiting for the connections to close")
	err := settle(ctx, s.lab)

	state, stateErr := snapshot(s.lab)
	if err := errors.Join(err, stateErr, s.recorder.stop()); err != nil && ctx.Err() == nil {
		s.recorder.abandon()
		return nil, err
	}
	sockets := s.recorder.handOver()
	s.closing.Go(func() { closeAll(sockets) })
	s.say("following the packets")
	t := s.recorder.trace(state)
	t.Scenario, t.Title, t.Headline = s.scenario.Name, s.scenario.Title, s.scenario.Headline()
	t.Answers = s.answers[:len(s.answers):len(s.answers)]
	t.Splice(splices(s.lab.Splices()))
	t.LinkICMPErrors()
	return t, ctx.Err()
}

// resume opens the readers anew.
func (s *Session) resume() error {
	s.closing.Wait()
	s.recorder.resume()
	var all sync.WaitGroup
	nodes := s.lab.Topology().Nodes
	errs := make([]error, len(nodes))
	for i, n := range nodes {
		all.Go(func() { errs[i] = s.lab.Do(n.Name, func() error { return s.recorder.prepare(n) }) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// Close takes the network down. Nothing of it is left.
func (s *Session) Close() error {
	s.closed.Do(func() {
		var recorder sync.WaitGroup
		recorder.Go(s.recorder.close) // its sockets wait for the kernel, the lab need not wait for them
		s.err = s.lab.Close()
		recorder.Wait()
		s.closing.Wait()
	})
	return s.err
}
