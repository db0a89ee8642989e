package sim

import (
	"errors"
	"strings"

	"tracer/sim/confine"
)

// The kinds of failure, for [errors.Is].
var (
	ErrInvalid      = errors.New("invalid topology")
	ErrPrivilege    = confine.ErrPrivilege
	ErrNotSupported = confine.ErrNotSupported
	ErrReadOnly     = errors.New("kernel parameters cannot be set here")
)

// OpError records a failed step of building or using a lab.
type OpError struct {
	Op     string // the step, as a verb phrase: "add link"
	Node   string
	Object string // interface, route, rule or program; may be empty
	Err    error
}

// Error returns "op node/object: cause".
func (e *OpError) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	b.WriteByte(' ')
	b.WriteString(e.Node)
	if e.Object != "" {
		b.WriteByte('/')
		b.WriteString(e.Object)
	}
	b.WriteString(": ")
	b.WriteString(e.Err.Error())
	return b.String()
}

// Unwrap returns the cause.
func (e *OpError) Unwrap() error { return e.Err }

// Problem is one mistake in a [Topology].
type Problem struct {
	Path string // where: "nodes[host].routes[0]", or an interface: "host/ens160"
	Text string // the mistake and what is accepted
}

// InvalidError holds all mistakes in a Topology.
type InvalidError struct {
	Problems []Problem
}

// Error returns all problems, one per line.
func (e *InvalidError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines returns the problems, each as "PATH: TEXT".
func (e *InvalidError) Lines() []string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.Path + ": " + p.Text
	}
	return lines
}

// Is reports whether target is [ErrInvalid].
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// ErrNoAnswer means that a [Request] was not answered in time. The sender cannot know
// why; the trace can show it.
var ErrNoAnswer = errors.New("no answer")
