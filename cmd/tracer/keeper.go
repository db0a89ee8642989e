package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"

	"tracer/sim/confine"
	"tracer/trace/export"
)

// The second process may not write files. It sends results to the first process, through a
// pipe for each file:
//
//	second: asker                     first: keeper
//	ready   ──────────────────────────────────────▶  opens --out
//	begin   ── name of a new directory, or none ──▶  opens a set
//	Write   ── name of the file, a pipe ──────────▶  copies the pipe to the file
//	Commit  ──────────────────────────────────────▶  renames all files
//	file    ── a pipe ────────────────────────────▶  writes the file of --out
//
// The first process checks the names: see package store.
const (
	askReady   = "open results"
	askFile    = "write the file"
	askBegin   = "begin results"
	askWrite   = "write result"
	askCommit  = "commit results"
	askDiscard = "discard results"
)

// keeper answers the second process's requests.
type keeper struct {
	results
	mu  sync.Mutex
	set export.Set // nil: none is open
}

var errNoSet = errors.New("no set of files is open")

func (k *keeper) handlers() confine.Handlers {
	return confine.Handlers{
		askReady: k.answer(func(string, *os.File) error { return k.ready() }),
		askFile: k.answer(func(_ string, pipe *os.File) error {
			if err := isPipe(pipe); err != nil {
				return err
			}
			return k.file(from(pipe))
		}),
		askBegin: k.answer(func(dir string, _ *os.File) (err error) {
			if k.set != nil {
				return errors.New("a set of files is already open")
			}
			k.set, err = k.begin(dir)
			return err
		}),
		askWrite: k.answer(func(name string, pipe *os.File) error {
			if k.set == nil {
				return errNoSet
			}
			if err := isPipe(pipe); err != nil {
				return err
			}
			return k.set.Write(name, from(pipe))
		}),
		askCommit:  k.answer(func(string, *os.File) error { return k.end(export.Set.Commit) }),
		askDiscard: k.answer(func(string, *os.File) error { return k.end(export.Set.Discard) }),
	}
}

// answer creates a handler. Only one handler runs at a time.
func (k *keeper) answer(do func(argument string, file *os.File) error) func([]byte, *os.File) ([]byte, error) {
	return func(argument []byte, file *os.File) ([]byte, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return nil, do(string(argument), file)
	}
}

func (k *keeper) end(how func(export.Set) error) error {
	if k.set == nil {
		return errNoSet
	}
	set := k.set
	k.set = nil
	return how(set)
}

// isPipe returns an error unless the second process has handed over a pipe, which ends
// when that process does.
func isPipe(f *os.File) error {
	if f == nil {
		return fs.ErrInvalid
	}
	info, err := f.Stat()
	if err == nil && info.Mode()&fs.ModeNamedPipe == 0 {
		err = fs.ErrInvalid
	}
	return err
}

// from copies a pipe to a file.
func from(pipe *os.File) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.Copy(w, pipe)
		return err
	}
}

// close discards a set that the second process has left open.
func (k *keeper) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	_ = k.end(export.Set.Discard) // nobody is left to report an error to
	k.results.close()
}

// asker has the first process write results.
type asker struct{}

func (asker) ready() error { return request(askReady, "", nil) }
func (asker) close()       {}

func (asker) begin(dir string) (export.Set, error) {
	return asked{}, request(askBegin, dir, nil)
}

func (asker) file(fill func(io.Writer) error) error { return piped(askFile, "", fill) }

// asked is the set that the first process has opened.
type asked struct{}

func (asked) Write(name string, fill func(io.Writer) error) error {
	return piped(askWrite, name, fill)
}

func (asked) Commit() error  { return request(askCommit, "", nil) }
func (asked) Discard() error { return request(askDiscard, "", nil) }

// request sends a request to the first process.
func request(name, argument string, file *os.File) error {
	_, err := confine.Ask(name, []byte(argument), file)
	return err
}

// piped sends a request with a pipe, and fills the pipe.
func piped(name, argument string, fill func(io.Writer) error) error {
	out, in, err := os.Pipe()
	if err != nil {
		return err
	}
	filled := make(chan error, 1)
	go func() { filled <- errors.Join(fill(in), in.Close()) }()
	err = request(name, argument, out)
	_ = out.Close() // ends fill if the first process has stopped reading
	if failed := <-filled; err == nil {
		err = failed
	}
	return err
}
