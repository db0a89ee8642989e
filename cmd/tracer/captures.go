package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"tracer/trace/stitch"
)

// captures are the capture files of a command line, all opened before the first
// byte of any is read: what reads them needs no rights to open anything.
type captures struct {
	sources []stitch.Source
	opened  []*os.File
	spools  []*spool
}

// openCaptures opens the files that the arguments name.
func openCaptures(args []string) (*captures, error) {
	c := &captures{}
	if len(args) > stitch.MaxFiles {
		return c, usageError{fmt.Errorf("%d files; at most %d can be read side by side", len(args), stitch.MaxFiles)}
	}
	stdin := false
	for _, a := range args {
		name, path := "", a
		// A file may have a "=" in its name.
		if before, after, named := strings.Cut(a, "="); named {
			if _, err := os.Stat(a); err != nil {
				if before == "" || after == "" {
					return c, usageError{fmt.Errorf("%q: NAME=FILE needs both", a)}
				}
				name, path = before, after
			}
		}
		f, label := os.Stdin, "standard input"
		if path == "-" {
			if stdin {
				return c, usageError{errors.New("standard input can be read once only")}
			}
			if stdin = true; name == "" {
				name = "stdin"
			}
		} else {
			var err error
			if f, err = os.Open(path); err != nil {
				return c, err
			}
			c.opened, label = append(c.opened, f), path
		}
		s, err := c.source(f, label)
		if err != nil {
			return c, err
		}
		s.Name = name
		c.sources = append(c.sources, s)
	}
	return c, nil
}

// source makes a source of an opened file. What cannot be read twice, such as
// standard input, or the pipe that the shell makes of <(…), is to be copied to a
// temporary file first.
func (c *captures) source(f *os.File, label string) (stitch.Source, error) {
	info, err := f.Stat()
	if err != nil {
		return stitch.Source{}, err
	}
	switch mode := info.Mode(); {
	case mode.IsRegular() && f != os.Stdin: // of standard input, a part may have been read
		return stitch.File(f, label), nil
	case mode.IsDir(), mode&os.ModeDevice != 0 && f != os.Stdin:
		return stitch.Source{}, fileError{fmt.Errorf("%s: not a file", label)}
	}
	s, err := newSpool(f)
	if err != nil {
		return stitch.Source{}, err
	}
	c.spools = append(c.spools, s)
	return stitch.Source{In: s.copy, Label: label}, nil
}

// fill copies what is to be copied. The end of the context ends the input, too: who
// writes it gets the same signal, as in "tcpdump -w - | tracer explain -".
func (c *captures) fill(ctx context.Context) error {
	for _, s := range c.spools {
		if err := s.fill(ctx); err != nil {
			return err
		}
	}
	return nil
}

// close closes all files; they were only read from.
func (c *captures) close() {
	for _, f := range c.opened {
		_ = f.Close()
	}
	for _, s := range c.spools {
		s.close()
	}
}

// spool is a temporary copy of what can be read only once. It has no name, where
// the system allows that: nothing is left of it however the process ends.
type spool struct {
	from, copy *os.File
	name       string // of the copy; empty: it has none any more
}

func newSpool(from *os.File) (*spool, error) {
	f, err := os.CreateTemp("", "tracer-*")
	if err != nil {
		return nil, err
	}
	s := &spool{from: from, copy: f}
	if os.Remove(f.Name()) != nil { // Windows keeps the names of open files
		s.name = f.Name()
	}
	return s, nil
}

// fill copies the input to its end, or until the context ends.
func (s *spool) fill(ctx context.Context) error {
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(s.copy, s.from)
		copied <- err
	}()
	select {
	case err := <-copied:
		return err
	case <-ctx.Done():
	}
	// Who writes has got the signal, too, and may have something left.
	select {
	case err := <-copied:
		return err
	case <-time.After(time.Second):
	}
	if info, err := s.copy.Stat(); err != nil || info.Size() == 0 {
		return errInterrupted
	}
	return nil
}

func (s *spool) close() {
	_ = s.copy.Close() // what is in it was read
	if s.name != "" {
		_ = os.Remove(s.name) // a temporary file, in the place for these
	}
}
