package sim

import (
	"errors"
	"strings"

	"tracer/sim/confine"
)

// The kinds of failure a caller may want to tell apart with [errors.Is].
var (
	ErrInvalid      = errors.New("invalid topology")
	ErrPrivilege    = confine.ErrPrivilege
	ErrNotSupported = confine.ErrNotSupported
	ErrReadOnly     = errors.New("kernel parameters cannot be set here")
)

// OpError says which step of building or using a lab went wrong, and on what.
type OpError struct {
	Op     string // what was being done, as a verb phrase: "add link"
	Node   string // the node it was done on
	Object string // the interface, route, rule or program; may be empty
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
	Text string // what, and what would be accepted
}

// InvalidError is every mistake found in a Topology, not only the first.
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

// Is makes errors.Is(err, ErrInvalid) true.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// ErrNoAnswer means that a [Request] was not answered for as long as it was waited
// for. To the sender that is all there is to know: see what became of its packets.
var ErrNoAnswer = errors.New("no answer")
