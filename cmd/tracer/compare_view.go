package main

import (
	"cmp"
	"context"
	"io"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/page"
	"tracer/tui"
)

// compareView shows a comparison: in the walk, or written in a format.
type compareView struct {
	flags  compareFlags
	format string // empty: the walk
	out    output // standard output
}

// look chooses the view: the one that --format, --out or --view asks for, or else the walk on a
// terminal and text elsewhere.
func (f compareFlags) look() (v compareView, err error) {
	v = compareView{flags: f, format: cmp.Or(f.format, formatText)}
	switch {
	case f.format != "" && f.view != viewAuto:
		return v, mistake("--format writes a comparison, and --view shows one: use only one of them")
	case f.out != "" && f.view != viewAuto:
		return v, mistake("--out writes a file, which has no view: use --format")
	case f.format == "" && f.out == "":
		view, err := chooseView(f.view)
		if err != nil {
			return v, err
		}
		if v.format = view; view == viewTUI {
			v.format = ""
		}
	default:
		if err := oneOf("format", v.format, formatText, formatJSON, formatHTML); err != nil {
			return v, err
		}
	}
	if v.format == formatHTML && f.toStdout() && shown() {
		return v, forFile(v.format)
	}
	v.out, err = newOutput(f.color)
	return v, err
}

// show compares two traces and shows the result.
func (v *compareView) show(ctx context.Context, traces [2]*trace.Trace, r results, signals *signals) error {
	var c *compare.Comparison
	if v.format == "" {
		var err error
		if c, err = v.walk(ctx, traces); err != nil {
			return err
		}
	} else {
		defer signals.mayBlock()()
		fill := func(w io.Writer) (err error) {
			c, err = v.write(w, traces[0], traces[1])
			return err
		}
		save := r.file
		if v.flags.toStdout() {
			save = func(fill func(io.Writer) error) error { return fill(stdoutRaw()) }
		}
		if err := save(fill); err != nil {
			return err
		}
	}
	if !c.Equal() {
		return exitCode(exitDiffer)
	}
	return nil
}

// walk shows two traces in the terminal, and then prints one line: where they differ first.
func (v *compareView) walk(ctx context.Context, traces [2]*trace.Trace) (*compare.Comparison, error) {
	f := &v.flags
	c, err := tui.Compare(ctx, traces[0], traces[1], tui.Options{
		Language: language(), ASCII: f.ascii || !utf8Locale(), Plain: f.plain(), NoMask: f.noMask,
	})
	if err == nil && ctx.Err() != nil {
		err = errInterrupted
	}
	if err != nil {
		return nil, err
	}
	return c, leave(c.Words(language(), explain.NewSigns(f.ascii || !utf8Locale())).FirstLine())
}

// write compares two traces and writes the result in the format.
func (v *compareView) write(w io.Writer, a, b *trace.Trace) (*compare.Comparison, error) {
	switch v.format {
	case formatJSON:
		return export.CompareJSON(w, a, b, language())
	case formatHTML:
		return page.Compare(w, a, b, page.Options{Language: language()})
	}
	o := export.TextOptions{Language: language(), ASCII: v.flags.ascii, Width: v.out.width}
	if v.flags.toStdout() {
		w = v.out
	} else {
		w = plainWriter(w)
	}
	return export.CompareText(w, a, b, o)
}
