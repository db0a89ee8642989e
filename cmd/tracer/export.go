package main

import (
	"bytes"
	"fmt"
	"io"
	"os"

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

The result goes to standard output, or to the file --out.`,
		Example: `  tracer export flask-demo --format pcapng --out flask.pcapng && wireshark flask.pcapng
  tracer export /tmp/flask --format pcap --out captures
  tracer export flask.pcapng --format json | jq '.flows'`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeScenario,
		RunE:              func(_ *cobra.Command, args []string) error { return exportTrace(args[0], f) },
	}
	cmd.Flags().StringVar(&f.format, "format", formatPCAPNG, "pcapng, pcap, json or text")
	cmd.Flags().StringVar(&f.out, "out", "", "write to this `FILE`; of pcap, to this directory")
	cmd.Flags().BoolVar(&f.ascii, "ascii", false, "in text, use no characters outside of ASCII")
	return cmd
}

func exportTrace(name string, f exportFlags) error {
	var write func(io.Writer, *trace.Trace) error
	voice := explain.English()
	switch f.format {
	case formatPCAPNG:
		write = func(w io.Writer, t *trace.Trace) error { return export.PCAPNG(w, t, voice) }
		if f.out == "" && shown() {
			return usageError{fmt.Errorf("a pcapng file is not for a terminal: --out FILE")}
		}
	case formatJSON:
		write = func(w io.Writer, t *trace.Trace) error { return export.JSON(w, t, voice) }
	case formatText:
		write = func(w io.Writer, t *trace.Trace) error {
			return export.Text(plainWriter(w), t, export.TextOptions{Voice: voice, ASCII: f.ascii})
		}
	case formatPCAP:
		if f.out == "" {
			return usageError{fmt.Errorf("--format pcap writes a file for each interface: --out DIR")}
		}
	default:
		return usageError{fmt.Errorf("--format %q is none of %s, %s, %s, %s", f.format, formatPCAPNG, formatPCAP, formatJSON, formatText)}
	}
	t, err := readTrace(name)
	if t == nil {
		return err
	}
	// What could be read is written, and then the error said.
	if wrote := f.write(t, write); wrote != nil {
		return wrote
	}
	return err
}

func (f *exportFlags) write(t *trace.Trace, write func(io.Writer, *trace.Trace) error) error {
	switch {
	case f.format == formatPCAP:
		if err := makeDir(f.out); err != nil {
			return err
		}
		written, err := export.PCAPs(f.out, t)
		giveToCaller(written...)
		if err == nil {
			say("wrote %d files to %s", len(written), f.out)
		}
		return err
	case f.out == "" && f.format == formatText:
		return write(stdout(), t)
	case f.out == "":
		return write(stdoutRaw(), t)
	}
	// As a whole or not at all.
	var b bytes.Buffer
	if err := write(&b, t); err != nil {
		return err
	}
	_, missing := os.Lstat(f.out)
	there := missing == nil
	if err := os.WriteFile(f.out, b.Bytes(), 0o644); err != nil {
		return err
	}
	if !there {
		giveToCaller(f.out)
	}
	return nil
}
