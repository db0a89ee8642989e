package live

import (
	"context"
	"errors"
	"sync"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace"
	"tracer/trace/expect"
)

// Session is a scenario's running network, whose traffic can be sent repeatedly. It
// records only while traffic is sent, so a trace shows what the scenario did, not what
// the nodes said to each other in between.
//
// A Session is not safe for concurrent use.
type Session struct {
	scenario *scenarios.Scenario
	lab      lab
	recorder *Recorder
	say      func(string)
	sent     bool
	answers  []trace.Answer
	closed   sync.Once
	err      error // of closing
}

// Open builds a scenario's network and starts recording before the first frame can pass.
func Open(ctx context.Context, s *scenarios.Scenario, o Options) (*Session, error) {
	say := o.Progress
	if say == nil {
		say = func(string) {}
	}
	say("building the network")
	o.unfragmented = !fragments(s)
	r := NewRecorder(o)
	l, err := sim.Build(ctx, s.Topology, sim.Options{Prepare: func(n sim.Node) error { return r.Watch(labNode(n)) }})
	if err != nil {
		r.Close()
		return nil, err
	}
	session := &Session{scenario: s, lab: newLab(l, s.Engines), recorder: r, say: say}
	if err := r.Start(session.lab); err != nil {
		return nil, errors.Join(err, session.Close())
	}
	return session, nil
}

// Do runs f in the network namespace of a node, so that other tools can inspect it.
// Programs that f starts run there.
func (s *Session) Do(node string, f func() error) error { return s.lab.Do(node, f) }

// Send sends the scenario's traffic, waits until the connections are closed, and returns
// everything recorded since the session was opened. A trace does not change later:
// another Send returns another, longer one. If ctx is canceled, Send returns what was
// recorded so far, with the error.
func (s *Session) Send(ctx context.Context) (*trace.Trace, error) {
	if s.sent {
		if err := s.recorder.Start(s.lab); err != nil {
			return nil, err
		}
	}
	s.sent = true
	for _, request := range s.scenario.Traffic {
		s.say("sending " + request.String() + " from " + request.From)
		s.answers = append(s.answers, s.request(ctx, request))
	}
	s.say("waiting for the connections to close")
	if err := settle(ctx, s.lab.Idle); err != nil && ctx.Err() == nil {
		s.recorder.abandon()
		return nil, err
	}
	s.say("following the packets")
	t, err := s.recorder.Stop()
	if err != nil {
		return nil, err
	}
	t.Scenario, t.Title, t.Headline = s.scenario.Name, s.scenario.Title, s.scenario.Headline()
	t.Lesson = lessonOf(s.scenario)
	t.Answers = s.answers[:len(s.answers):len(s.answers)]
	t.AssignRequests()
	t.Lesson.Focus = expect.Focus(s.scenario, t)
	return t, ctx.Err()
}

// request sends one request and returns the answer.
func (s *Session) request(ctx context.Context, r sim.Request) trace.Answer {
	ctx, cancel := context.WithTimeout(ctx, requestLimit+r.Pause)
	defer cancel()
	var before []trace.Table
	if r.Flush != "" {
		before = s.rules(r.From)
	}
	began := s.recorder.now().Add(r.Pause) // a pause is never shorter
	got := s.lab.Send(ctx, r)
	a := trace.Answer{From: r.From, URL: r.String(), Text: got.String(), Command: r.Flush != "", Before: before, Began: began, Ended: s.recorder.now()}
	for _, reply := range got.Replies {
		a.Replies = append(a.Replies, trace.EchoReply(reply))
	}
	return a
}

// rules returns the current rules of a node, or nil if they cannot be read.
func (s *Session) rules(node string) []trace.Table {
	now, err := ReadNodes([]Node{{Name: node}}, s.lab.Do)
	if err != nil {
		return nil
	}
	return now.State.Nodes[0].Rules
}

// lessonOf returns what a run of the scenario teaches.
func lessonOf(s *scenarios.Scenario) *trace.Lesson {
	return &trace.Lesson{
		Story: s.Story, Question: s.Question, Answer: s.Answer, Refutes: s.Refutes,
		Course: s.Course, Minutes: s.Minutes, After: s.After, Next: scenarios.Next(s.Name),
		Fault: s.Fault, FaultTitle: s.FaultTitle, WrittenFor: s.WrittenFor,
	}
}

// Close takes the network down completely.
func (s *Session) Close() error {
	s.closed.Do(func() {
		var recorder sync.WaitGroup
		recorder.Go(s.recorder.Close) // its sockets wait for the kernel; the lab need not wait for them
		s.err = s.lab.Close()
		recorder.Wait()
	})
	return s.err
}
