package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tracer/scenarios"
	"tracer/sim/confine"
	"tracer/trace"
	"tracer/trace/export"
	"tracer/trace/savefile"
)

// traceFile is an opened trace that has not been read yet.
type traceFile struct {
	name string
	io.Reader
	file     *os.File // nil for standard input and recordings
	scenario string   // whose recording it is, or ""
}

// input names a trace: a file, the one in a directory, "-" for standard input, or a scenario,
// whose recording it is. With a fault, it can only be a recording.
type input struct{ name, fault string }

// openTrace opens a trace.
func openTrace(name, fault string) (*traceFile, error) {
	list, err := openTraces(input{name, fault})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// openTraces opens several traces. In the second process, it takes the files opened by the first,
// which has said for each trace whether it has one.
func openTraces(list ...input) (out traceFiles, err error) {
	h, second := confine.Received()
	for i, in := range list {
		open := openFile
		switch {
		case second && (i >= len(h.Input) || h.Input[i] != hasFile || len(h.Files) == 0):
			open = func(string) (*os.File, error) { return nil, fs.ErrNotExist } // so it is a recording
		case second:
			given := h.Files[0]
			h.Files = h.Files[1:]
			open = func(string) (*os.File, error) { return given, nil }
		}
		f, err := in.open(open)
		if err != nil {
			_ = out.Close() // nothing was written
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// What the first process says about a trace.
const (
	hasFile = 'f'
	noFile  = '-'
)

func (in input) open(open func(string) (*os.File, error)) (*traceFile, error) {
	f := &traceFile{name: in.name}
	if in.fault != "" {
		return f, f.recorded(in.fault)
	}
	if in.name == "-" {
		f.Reader = os.Stdin
		return f, nil
	}
	var err error
	f.file, err = open(in.name)
	switch {
	case err == nil:
		f.Reader = f.file
		return f, nil
	case !errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(in.name, "./\\"):
		return nil, err
	}
	f.file = nil
	if err := f.recorded(""); err != nil {
		return nil, fmt.Errorf("%w, and no such file", err)
	}
	return f, nil
}

// traceFiles are opened traces.
type traceFiles []*traceFile

// Close closes those that are files.
func (list traceFiles) Close() error {
	var all []error
	for _, f := range list {
		all = append(all, f.Close())
	}
	return errors.Join(all...)
}

// demoted continues with the files in a second process, if root runs this one.
func (list traceFiles) demoted(h confine.Handlers, signals *signals) (entered bool, err error) {
	s := confine.Second{Handlers: h}
	for _, f := range list {
		if f.file == nil {
			s.Input = append(s.Input, noFile)
			continue
		}
		s.Input, s.Files = append(s.Input, hasFile), append(s.Files, f.file)
	}
	return demoted(s, signals)
}

// recorded opens the recording of a scenario with a fault, or without any.
func (f *traceFile) recorded(fault string) error {
	if fault != "" && (f.name == "-" || exists(f.name) && !slices.Contains(scenarios.Names(), f.name)) {
		return mistake("--fault needs the name of a scenario, not %q", f.name)
	}
	recording, err := scenarios.Recording(f.name, fault)
	if err == nil {
		f.Reader, f.scenario = recording, f.name
	}
	return err
}

// openFile opens a trace's file, or the trace.json in a directory.
func openFile(name string) (*os.File, error) {
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return os.Open(name) // for its error, too
	}
	f, err := os.Open(filepath.Join(name, "trace.json"))
	if errors.Is(err, fs.ErrNotExist) {
		err = directoryError{fileError{fmt.Errorf("%s is a directory without a trace.json", name)}, name}
	}
	return f, err
}

// demoted is [traceFiles.demoted] for a single trace.
func (f *traceFile) demoted(h confine.Handlers, signals *signals) (entered bool, err error) {
	return traceFiles{f}.demoted(h, signals)
}

// Close closes the file, if it is one.
func (f *traceFile) Close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// read reads the trace. With an error, it returns the part before it.
func (f *traceFile) read() (*trace.Trace, error) {
	t, err := export.ReadFile(f)
	switch {
	case errors.Is(err, savefile.ErrNoAttachment):
		return nil, captureError{fileError{fmt.Errorf("%s is a capture without a trace", f.name)}, f.name}
	case err != nil && t == nil && scenarios.IsFile(filepath.Base(f.name)):
		return nil, scenarioError{fileError{fmt.Errorf("%s is a scenario, not a trace", f.name)}, f.name}
	case err != nil:
		return t, fileError{fmt.Errorf("%s: %w", f.name, err)}
	}
	return t, nil
}
