package page

import (
	"bufio"
	"io"

	"tracer/trace"
	"tracer/trace/explain"
)

// Options are the options of [Write].
type Options struct {
	Language explain.Language
	Place    *Place // in an album; nil: the page stands alone
	Before   string // of a trace with a fault: the story of the lesson without it, which comes first
}

// Write writes a trace as an HTML document.
func Write(w io.Writer, t *trace.Trace, o Options) error {
	d, err := newDocument(t, o)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	if err := templates().ExecuteTemplate(out, "document", d); err != nil {
		return err
	}
	return out.Flush()
}
