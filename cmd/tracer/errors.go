package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/sim/permit"
	"tracer/trace/escape"
)

// exitCode is an error that has already been reported to the user.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// errInterrupted is the error of a verb stopped by a signal.
var errInterrupted = errors.New("interrupted")

// outputError means that results cannot be written, whatever the reason: a directory that
// does not exist is not a mistake in the arguments here.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }

// fileError means that a file is not what it should be.
type fileError struct{ error }

func (e fileError) Unwrap() error { return e.error }

// directoryError means that there is a directory instead of a file.
type directoryError struct {
	fileError
	path string
}

func (e directoryError) Unwrap() error { return e.fileError }

// scenarioError means that a file is a scenario instead of a trace, and captureError that it
// is a capture.
type (
	scenarioError struct {
		fileError
		name string
	}
	captureError struct {
		fileError
		name string
	}
)

func (e scenarioError) Unwrap() error { return e.fileError }

func (e captureError) Unwrap() error { return e.fileError }

// hint returns the command for the files in the directory.
func (e directoryError) hint() string {
	if exists(filepath.Join(e.path, "trace.json")) {
		return "tracer replay " + escape.Quote(e.path)
	}
	entries, _ := os.ReadDir(e.path) // without entries, there is no hint
	for _, entry := range entries {
		if ext := filepath.Ext(entry.Name()); ext == ".pcap" || ext == ".pcapng" {
			return "tracer explain " + escape.Quote(e.path) + string(filepath.Separator) + "*" + ext
		}
	}
	return ""
}

// hintForFile returns the command for a file that is not a scenario, or "".
func hintForFile(name string) string {
	if exists(name) {
		switch filepath.Ext(name) {
		case ".json":
			return "tracer replay " + escape.Quote(name)
		case ".pcap", ".pcapng":
			return "tracer explain " + escape.Quote(name)
		}
	}
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// codeFor returns the exit code for an error.
func codeFor(err error) int {
	var usage usageError
	var file fileError
	var output outputError
	var trouble troubleError
	var scenario *scenarios.UnknownError
	var fault *scenarios.UnknownFaultError
	var engine *scenarios.EngineError
	switch {
	case errors.As(err, &trouble):
		return exitTrouble
	case errors.As(err, &output):
		return exitFailed
	case errors.Is(err, errProgramsNotAllowed), errors.Is(err, sim.ErrReadOnly), errors.Is(err, sim.ErrPrivilege), errors.Is(err, sim.ErrNotSupported), errors.Is(err, errors.ErrUnsupported):
		return exitNotPermitted
	case errors.As(err, &usage), errors.As(err, &file), errors.Is(err, sim.ErrInvalid), errors.As(err, &scenario), errors.As(err, &fault), errors.As(err, &engine), errors.Is(err, os.ErrNotExist):
		return exitUsage
	}
	return exitFailed
}

// hintFor returns the one command that would help, or "".
func hintFor(cmd *cobra.Command, err error) string {
	var usage usageError
	var capture captureError
	var programs programsError
	var directory directoryError
	var text scenarioError
	var scenario *scenarios.UnknownError
	var fault *scenarios.UnknownFaultError
	switch {
	case errors.As(err, &programs):
		return "tracer show " + escape.Quote(programs.name)
	case errors.Is(err, sim.ErrReadOnly):
		e := permit.Look()
		_ = errors.As(err, &e.Sysctls) // the lab's answer: Look asked outside the lab
		r := e.Remedy(e.Parameters(), quotedArgs())
		return cmp.Or(r.Command, r.Otherwise)
	case errors.Is(err, sim.ErrPrivilege), errors.Is(err, sim.ErrNotSupported):
		return labHint()
	case errors.As(err, &scenario):
		return cmp.Or(hintForFile(scenario.Name), "tracer list")
	case errors.As(err, &text):
		return "tracer run " + escape.Quote(text.name)
	case errors.As(err, &fault):
		return "tracer show " + escape.Quote(cmd.Flags().Arg(0))
	case errors.As(err, &directory):
		return directory.hint()
	case errors.As(err, &capture):
		return "tracer explain " + escape.Quote(capture.name)
	case errors.As(err, &usage):
		return cmd.CommandPath() + " --help"
	}
	return ""
}

// complain prints an error, with one line for each joined error or problem of a file. Each
// line begins with the program's name, and line breaks within a message are escaped, so
// quoted text cannot imitate a message.
func complain(err error) {
	for _, line := range linesOf(err) {
		say("tracer: %s", line)
	}
}

// linesOf splits an error into lines: those of errors.Join, and those of a Lines method,
// each with the text of the errors that wrap it.
func linesOf(err error) []string {
	text := err.Error()
	switch e := err.(type) {
	case interface{ Lines() []string }:
		return e.Lines()
	case interface{ Unwrap() []error }:
		var messages, lines []string
		for _, part := range e.Unwrap() {
			messages, lines = append(messages, part.Error()), append(lines, linesOf(part)...)
		}
		if strings.Join(messages, "\n") == text { // otherwise fmt.Errorf made the text
			return lines
		}
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		if inner == nil {
			break
		}
		lines := linesOf(inner)
		before, after, ok := strings.Cut(text, inner.Error())
		if len(lines) < 2 || !ok {
			break
		}
		for i := range lines {
			lines[i] = before + lines[i] + after
		}
		return lines
	}
	return []string{text}
}
