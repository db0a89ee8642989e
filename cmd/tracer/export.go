package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// The formats of tracer export.
const (
	formatPCAP   = "pcap"
	formatPCAPNG = "pcapng"
	formatJSON   = "json"
	formatText   = "text"
)

// exportFlags are the flags of tracer export.
type exportFlags struct {
	format string
	out    string
	ascii  bool
}

func newExport() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export TRACE --format pcapng|pcap|json|text",
		Short: "Write a saved trace in another format",
		Long: `Writes what "tracer run" recorded in another format, without root and on any
system. TRACE is what "tracer replay" takes: a trace.json, a pcapng of tracer's, a
directory that --out wrote, the name of a scenario, or - for standard input.

  pcapng  one file for Wireshark: each packet with its interface, direction, number
          and a comment that says what has happened to it; addresses with names.
          The trace itself is inside, so that "tracer replay" reads it back
  pcap    a classic capture file for each interface, in the directory --out
  json    trace.json (docs/trace-json.md)
  text    what "tracer replay --view text" prints

The result goes to standard output, or to the file of --out, which it creates or
replaces. It never writes through a symbolic link, or to a pipe or device.`,
		Example: `  tracer export flask-demo --format pcapng --out flask.pcapng && wireshark flask.pcapng
  tracer export /tmp/flask --format pcap --out captures
  tracer export flask.pcapng --format json | jq '.flows'`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return exportTrace(cmd.Context(), args[0], f) },
	}
	cmd.Flags().StringVar(&f.format, "format", formatPCAPNG, "pcapng, pcap, json or text")
	cmd.Flags().StringVar(&f.out, "out", "", "write to this `FILE`, or - for standard output; for pcap, to this directory")
	cmd.Flags().BoolVar(&f.ascii, "ascii", false, "in text, use no characters outside of ASCII")
	return cmd
}

func exportTrace(ctx context.Context, name string, f exportFlags) error {
	var write func(io.Writer, *trace.Trace) error
	voice := explain.English()
	switch f.format {
	case formatPCAPNG:
		write = func(w io.Writer, t *trace.Trace) error { return export.PCAPNG(w, t, voice) }
		if f.toStdout() && shown() {
			return mistake("pcapng is binary, and standard output is a terminal; use --out FILE")
		}
	case formatJSON:
		write = func(w io.Writer, t *trace.Trace) error { return export.JSON(w, t, voice) }
	case formatText:
		write = func(w io.Writer, t *trace.Trace) error {
			return export.Text(plainWriter(w), t, export.TextOptions{Voice: voice, ASCII: f.ascii})
		}
	case formatPCAP:
		if f.toStdout() {
			return mistake("--format pcap writes one file per interface; use --out DIR")
		}
	default:
		return oneOf("format", f.format, formatPCAPNG, formatPCAP, formatJSON, formatText)
	}
	_, signals := obeySignals(ctx)
	defer signals.stop()
	over := signals.mayBlock()
	defer over()
	in, err := openTrace(name)
	if err != nil {
		return err
	}
	defer in.Close() // it is only read from
	k := &keeper{results: newResults(f.out)}
	defer k.close()
	if entered, err := in.demoted(k.handlers(), over); entered || err != nil {
		return err
	}
	t, err := in.read()
	if t == nil {
		return err
	}
	// What could be read is written, and then the error said.
	if wrote := f.write(t, write, k.results); wrote != nil {
		return wrote
	}
	return err
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
