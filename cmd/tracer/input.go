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

// openTrace opens a trace: a file, the one in a directory, standard input, or the recording
// of a scenario. With a fault, it can only be a recording. In the second process, it takes
// the file opened by the first.
func openTrace(name, fault string) (*traceFile, error) {
	f := &traceFile{name: name}
	if fault != "" {
		return f, f.recorded(fault)
	}
	if name == "-" {
		f.Reader = os.Stdin
		return f, nil
	}
	var err error
	if h, ok := confine.Received(); !ok {
		f.file, err = openFile(name)
	} else if len(h.Files) > 0 {
		f.file = h.Files[0]
	} else {
		err = fs.ErrNotExist // the first opened none, so it is a recording
	}
	switch {
	case err == nil:
		f.Reader = f.file
		return f, nil
	case !errors.Is(err, fs.ErrNotExist) || strings.ContainsAny(name, "./\\"):
		return nil, err
	}
	f.file = nil
	if err := f.recorded(""); err != nil {
		return nil, fmt.Errorf("%w, and no such file", err)
	}
	return f, nil
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

// demoted continues with the file in a second process, if root runs this one. It calls begin
// when that process takes over the signals.
func (f *traceFile) demoted(h confine.Handlers, begin func()) (entered bool, err error) {
	s := confine.Second{Handlers: h, Begin: begin}
	if f.file != nil {
		s.Files = []*os.File{f.file}
	}
	return demoted(s)
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
