package scenarios

import (
	"strconv"
	"strings"

	"tracer/sim"
)

// Problem is one mistake in a scenario file.
type Problem struct {
	Line, Column int    // from 1; 0 if unknown, or for the file as a whole
	Path         string // "services.flask.publish[0]"
	Text         string // what is wrong, and what would be accepted
}

// Problems is the error for a file, with all mistakes in it.
type Problems struct {
	File string
	List []Problem
}

// Error returns one line per problem.
func (p *Problems) Error() string { return strings.Join(p.Lines(), "\n") }

// Lines returns the problems, each as "FILE:LINE:COLUMN: PATH: TEXT".
func (p *Problems) Lines() []string {
	lines := make([]string, len(p.List))
	for i, q := range p.List {
		at := p.File
		for _, number := range []int{q.Line, q.Column} {
			if number > 0 {
				at += ":" + strconv.Itoa(number)
			}
		}
		if q.Path != "" {
			at += ": " + q.Path
		}
		lines[i] = at + ": " + q.Text
	}
	return lines
}

// Is makes errors.Is(err, sim.ErrInvalid) true.
func (p *Problems) Is(target error) bool { return target == sim.ErrInvalid }
