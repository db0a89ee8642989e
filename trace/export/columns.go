package export

import (
	"cmp"

	"tracer/trace"
)

// columnsDoc is a [trace.Columns]. A column that is missing matches anything: it has the
// value that iptables prints then.
type columnsDoc struct {
	Target      string `json:"target,omitempty"`
	Goto        bool   `json:"goto,omitempty"`
	Protocol    string `json:"prot,omitempty"`
	Options     string `json:"opt,omitempty"`
	In          string `json:"in,omitempty"`
	Out         string `json:"out,omitempty"`
	Source      string `json:"source,omitempty"`
	Destination string `json:"destination,omitempty"`
	Details     string `json:"details,omitempty"`
}

// conditions returns the columns that may be missing, each with its value in a rule that
// matches anything.
func (d *columnsDoc) conditions() []condition {
	return []condition{{&d.Protocol, "all"}, {&d.Options, "--"}, {&d.In, "*"}, {&d.Out, "*"}, {&d.Source, "0.0.0.0/0"}, {&d.Destination, "0.0.0.0/0"}}
}

type condition struct {
	value    *string
	anything string
}

// newColumns returns nil for columns that are not known.
func newColumns(c trace.Columns) *columnsDoc {
	if c == (trace.Columns{}) {
		return nil
	}
	d := columnsDoc(c)
	for _, one := range d.conditions() {
		if *one.value == one.anything {
			*one.value = ""
		}
	}
	return &d
}

// columns is the inverse of newColumns.
func (d *columnsDoc) columns() trace.Columns {
	if d == nil {
		return trace.Columns{}
	}
	full := *d
	for _, one := range full.conditions() {
		*one.value = cmp.Or(*one.value, one.anything)
	}
	return trace.Columns(full)
}
