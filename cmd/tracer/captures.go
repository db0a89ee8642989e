package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"tracer/sim/confine"
	"tracer/trace/stitch"
)

// captures holds the capture files of a command line. All are opened before any is read, so
// the process that reads them does not need permission to open files.
type captures struct {
	sources []stitch.Source
	opened  []*os.File
	spools  []*spool
}

// captureArgument is an argument: a file, and the name of its capture point.
type captureArgument struct {
	Name, Path string
}

// stdin reports whether it is standard input.
func (a captureArgument) stdin() bool { return a.Path == "-" }

// captureArguments parses a command line.
func captureArguments(args []string) (list []captureArgument, err error) {
	if len(args) > stitch.MaxFiles {
		return nil, mistake("%d files are too many: at most %d can be read side by side", len(args), stitch.MaxFiles)
	}
	stdin := false
	for _, a := range args {
		c := captureArgument{Path: a}
		// A file name may contain "=".
		if before, after, named := strings.Cut(a, "="); named {
			if _, err := os.Stat(a); err != nil {
				if before == "" || after == "" {
					return nil, mistake("%q needs both a name and a file: NAME=FILE", a)
				}
				c = captureArgument{before, after}
			}
		}
		if c.stdin() {
			if stdin {
				return nil, mistake("- stands for standard input, which can be read only once")
			}
			stdin, c.Name = true, cmp.Or(c.Name, "stdin")
		}
		list = append(list, c)
	}
	return list, nil
}

// openAll opens all files except standard input.
func openAll(list []captureArgument) (opened []*os.File, err error) {
	for _, a := range list {
		if a.stdin() {
			continue
		}
		f, err := os.Open(a.Path)
		if err != nil {
			return opened, err
		}
		opened = append(opened, f)
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return opened, directoryError{fileError{fmt.Errorf("%s is a directory; name the capture files in it", a.Path)}, a.Path}
		}
	}
	return opened, nil
}

// newCaptures creates sources from opened files.
func newCaptures(list []captureArgument, opened []*os.File) (*captures, error) {
	c := &captures{opened: opened}
	for _, a := range list {
		f, label := os.Stdin, "standard input"
		if !a.stdin() {
			f, opened, label = opened[0], opened[1:], a.Path
		}
		s, err := c.source(f, label)
		if err != nil {
			return c, err
		}
		s.Name = a.Name
		c.sources = append(c.sources, s)
	}
	return c, nil
}

// openCaptures opens the files named by the arguments. If run by root, a second process does
// the work: entered reports that it did and has ended. In the second process, openCaptures
// takes the files opened by the first.
func openCaptures(args []string, signals *signals, k *keeper) (c *captures, entered bool, err error) {
	var list []captureArgument
	if h, ok := confine.Received(); ok {
		if err := json.Unmarshal(h.Input, &list); err != nil {
			return nil, false, err
		}
		c, err = newCaptures(list, h.Files)
		return c, false, err
	}
	if list, err = captureArguments(args); err != nil {
		return nil, false, err
	}
	defer signals.mayBlock()() // opening a FIFO waits for a writer
	opened, err := openAll(list)
	if err != nil {
		return &captures{opened: opened}, false, err
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, false, err
	}
	if entered, err := demoted(confine.Second{Input: text, Files: opened, Handlers: k.handlers()}, signals); entered || err != nil {
		return nil, entered, err
	}
	c, err = newCaptures(list, opened)
	return c, false, err
}

// source creates a source from an opened file. Input that can be read only once, such as
// standard input or the shell's pipe for <(…), gets a spool.
func (c *captures) source(f *os.File, label string) (stitch.Source, error) {
	info, err := f.Stat()
	if err != nil {
		return stitch.Source{}, err
	}
	switch mode := info.Mode(); {
	case mode.IsRegular() && f != os.Stdin: // part of standard input may already have been read
		return stitch.File(f, label), nil
	case mode&os.ModeDevice != 0 && f != os.Stdin:
		return stitch.Source{}, fileError{fmt.Errorf("%s is a device, not a file", label)}
	}
	s, err := newSpool(f)
	if err != nil {
		return stitch.Source{}, err
	}
	c.spools = append(c.spools, s)
	return stitch.Source{In: s, Label: label}, nil
}

// fill fills all spools. When the context ends, so does the input: the program that writes
// it gets the same signal, as in "tcpdump -w - | tracer explain -".
func (c *captures) fill(ctx context.Context) error {
	room := spoolRoom
	for _, s := range c.spools {
		if err := s.fill(ctx, &room); err != nil {
			return err
		}
	}
	return nil
}

// close closes all files, which were only read.
func (c *captures) close() {
	if c == nil {
		return
	}
	for _, f := range c.opened {
		_ = f.Close()
	}
	for _, s := range c.spools {
		s.close()
	}
}
