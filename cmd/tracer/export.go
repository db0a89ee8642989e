package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/export"
	"tracer/trace/page"
)

// The formats of tracer export.
const (
	formatPCAP   = "pcap"
	formatPCAPNG = "pcapng"
	formatJSON   = "json"
	formatText   = "text"
	formatHTML   = "html"
)

func formats() []string {
	return []string{formatPCAPNG, formatPCAP, formatJSON, formatText, formatHTML}
}

// exportFlags are the flags of tracer export.
type exportFlags struct {
	fault  string
	format string
	out    string
	ascii  bool
	all    bool
}

func newExport() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export TRACE|--all",
		Short: "Convert a saved trace to another format",
		Long: `Converts what "tracer run" recorded to another format. Works on any system, and
needs no root. TRACE is a trace.json, a pcapng file written by tracer, a
directory written with --out, - for standard input, or the name of a scenario.

  pcapng  one file for Wireshark: each packet with its interface, direction,
          number, and a comment on what happened to it; addresses have names.
          It contains the trace, so "tracer replay" can read it
  pcap    one classic capture file per interface, in the directory --out
  json    trace.json (docs/trace-json.md)
  text    what "tracer replay --view text" prints
  html    a page for any browser: a walk like the one in the terminal. It
          needs neither a server nor a network, and prints as a handout

The result goes to standard output, or with --out to a file, which is created or
replaced. export never writes through a symbolic link, or to a pipe or device.

--all --format html --out DIR writes the album of the course: a page for each
lesson and each of its faults, and index.html. Any web server can host it.`,
		Example: `  tracer export flask-demo --format pcapng --out flask.pcapng
  tracer export /tmp/flask --format pcap --out captures
  tracer export flask-demo --format html --out flask.html
  tracer export --all --format html --out course
  tracer export flask.pcapng --format json | jq '.flows'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.all {
				return f.isAlbum(args)
			}
			return arguments(1, 1)(cmd, args)
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
			if f.all {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return completeScenario(cmd, args, begun)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.all {
				return exportAlbum(cmd.Context(), f.out)
			}
			return exportTrace(cmd.Context(), args[0], f)
		},
	}
	word(cmd, &f.format, "format", formatPCAPNG, "`FORMAT` is %s", formats()...)
	addRecordedFault(cmd, &f.fault)
	cmd.Flags().StringVar(&f.out, "out", "", "write to `FILE`, or for pcap and --all to this directory")
	cmd.Flags().BoolVar(&f.all, "all", false, "export every lesson and fault, as an album of pages")
	cmd.Flags().BoolVar(&f.ascii, "ascii", false, "in text, use ASCII characters only")
	return cmd
}

func exportTrace(ctx context.Context, name string, f exportFlags) error {
	var write func(io.Writer, *trace.Trace) error
	switch f.format {
	case formatPCAPNG:
		write = func(w io.Writer, t *trace.Trace) error { return export.PCAPNG(w, t, language()) }
		if f.toStdout() && shown() {
			return forFile(f.format)
		}
	case formatJSON:
		write = func(w io.Writer, t *trace.Trace) error { return export.JSON(w, t, language()) }
	case formatText:
		write = func(w io.Writer, t *trace.Trace) error {
			return export.Text(plainWriter(w), t, export.TextOptions{Language: language(), ASCII: f.ascii})
		}
	case formatHTML:
		if f.toStdout() && shown() {
			return forFile(f.format)
		}
		write = func(w io.Writer, t *trace.Trace) error {
			return page.Write(w, t, page.Options{Language: language(), Before: storyBefore(name, f.fault)})
		}
	case formatPCAP:
		if f.toStdout() {
			return mistake("--format pcap writes one file per interface; use --out DIR")
		}
	default:
		return oneOf("format", f.format, formats()...)
	}
	_, signals := obeySignals(ctx)
	defer signals.stop()
	defer signals.mayBlock()()
	in, err := openTrace(name, f.fault)
	if err != nil {
		return err
	}
	defer in.Close() // it is only read from
	k := &keeper{results: newResults(f.out)}
	defer k.close()
	if entered, err := in.demoted(k.handlers(), signals); entered || err != nil {
		return err
	}
	t, err := in.read()
	if t == nil {
		return err
	}
	// Write what could be read, then report the error.
	if wrote := f.write(t, write, k.results); wrote != nil {
		return wrote
	}
	return err
}

// storyBefore returns the story of a scenario without one of its faults, or "" if there is no fault.
func storyBefore(name, fault string) string {
	if fault == "" {
		return ""
	}
	s, err := scenarios.Load(name)
	if err != nil {
		return ""
	}
	return s.Story
}

// forFile is the error for writing a file to a terminal.
func forFile(format string) error {
	what := format + " is binary"
	if format == formatHTML {
		what = "html is for a browser"
	}
	return mistake("%s, and standard output is a terminal; use --out FILE", what)
}

func (f *exportFlags) write(t *trace.Trace, write func(io.Writer, *trace.Trace) error, r results) error {
	switch {
	case f.format == formatPCAP:
		set, err := r.begin("")
		if err != nil {
			return err
		}
		written, err := export.PCAPs(set, t)
		if err == nil {
			say("wrote %d files to %s", written, f.out)
		}
		return err
	case f.toStdout() && f.format == formatText:
		return write(stdout(), t)
	case f.toStdout():
		return write(stdoutRaw(), t)
	}
	return r.file(func(w io.Writer) error { return write(w, t) })
}

func (f *exportFlags) toStdout() bool { return f.out == "" || f.out == "-" }
