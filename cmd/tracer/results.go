package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"tracer/sim/confine"
	"tracer/trace/store"
)

// results is where what was found is saved. The second process may not write where
// the user may, so it asks the first one to: it writes each file to a temporary one,
// and hands that over.
//
//	second process                              first process
//	Set.Write ── "write", name, temporary file ──▶ store.Set.Write
//	Set.Commit ─ "commit" ───────────────────────▶ store.Set.Commit
type results interface {
	Path() string
	Begin() (store.Set, error)
	Close() error
}

// The requests of the second process.
const (
	askOpen    = "open results"
	askNew     = "make a directory for results"
	askBegin   = "begin a set"
	askWrite   = "write to the set"
	askCommit  = "commit the set"
	askDiscard = "discard the set"
	askFile    = "write the result"
)

// openResults opens the directory of --out, and finds out whether a set can be saved
// there, before anything is built for nothing.
func openResults(path string) (results, error) {
	if confine.IsSecond() {
		return askFor(askOpen, nil)
	}
	dir, err := store.Open(path, caller())
	if err != nil {
		return nil, err
	}
	if err := dir.Ready(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return dir, nil
}

// newResults makes a directory in the current one, named after a scenario. Of a long
// name the beginning is enough.
func newResults(name string) (results, error) {
	const enough = 1000
	name = name[:min(len(name), enough)]
	if confine.IsSecond() {
		return askFor(askNew, []byte(name))
	}
	dir, err := store.New(store.Safe(name), caller())
	if err != nil {
		return nil, err
	}
	return dir, nil
}

// writeResult writes the file of --out.
func writeResult(path string, fill func(io.Writer) error) error {
	if !confine.IsSecond() {
		return store.WriteFile(path, caller(), fill)
	}
	return hand(askFile, nil, fill)
}

// remote is a directory that the first process writes to.
type remote struct{ path string }

func askFor(name string, argument []byte) (results, error) {
	path, err := confine.Ask(name, argument, nil)
	return remote{string(path)}, err
}

func (r remote) Path() string { return r.path }
func (r remote) Close() error { return nil }

func (r remote) Begin() (store.Set, error) {
	_, err := confine.Ask(askBegin, []byte(r.path), nil)
	return r, err
}

func (r remote) Write(name string, fill func(io.Writer) error) error {
	return hand(askWrite, []byte(name), fill)
}

func (r remote) Commit() error {
	_, err := confine.Ask(askCommit, nil, nil)
	return err
}

func (r remote) Discard() error {
	_, err := confine.Ask(askDiscard, nil, nil)
	return err
}

// hand hands a file over, which has no name.
func hand(ask string, argument []byte, fill func(io.Writer) error) error {
	f, _, err := unnamed()
	if err != nil {
		return err
	}
	defer f.Close() // the first process has it, too
	if err := fill(f); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err = confine.Ask(ask, argument, f)
	return err
}

// saver is the first process's part.
type saver struct {
	out  string                // --out, "" if there is none
	dirs map[string]*store.Dir // by path: those that it has opened
	set  store.Set
}

// maxDirectories is how many directories a second process may have made.
const maxDirectories = 1000

// handlers answer the second process. What it says is not trusted: it can choose
// neither the place of a directory nor a name that package store does not accept.
func (s *saver) handlers() confine.Handlers {
	s.dirs = map[string]*store.Dir{}
	opened := func(d *store.Dir, err error) ([]byte, error) {
		if err != nil {
			return nil, err
		}
		s.dirs[d.Path()] = d
		return []byte(d.Path()), nil
	}
	none := func(err error) ([]byte, error) { return nil, err }
	return confine.Handlers{
		askOpen: func([]byte, *os.File) ([]byte, error) {
			if s.out == "" {
				return nil, os.ErrPermission
			}
			d, err := opened(store.Open(s.out, caller()))
			if err == nil {
				err = s.dirs[string(d)].Ready()
			}
			return d, err
		},
		askNew: func(name []byte, _ *os.File) ([]byte, error) {
			if len(s.dirs) >= maxDirectories {
				return nil, fmt.Errorf("%d directories were made already", len(s.dirs))
			}
			return opened(store.New(store.Safe(string(name)), caller()))
		},
		askBegin: func(path []byte, _ *os.File) ([]byte, error) {
			d := s.dirs[string(path)]
			if d == nil || s.set != nil {
				return nil, os.ErrPermission
			}
			var err error
			s.set, err = d.Begin()
			return none(err)
		},
		askWrite: func(name []byte, f *os.File) ([]byte, error) {
			if s.set == nil {
				return nil, os.ErrPermission
			}
			return none(s.set.Write(string(name), copied(f)))
		},
		askCommit:  func([]byte, *os.File) ([]byte, error) { return none(s.end(store.Set.Commit)) },
		askDiscard: func([]byte, *os.File) ([]byte, error) { return none(s.end(store.Set.Discard)) },
		askFile: func(_ []byte, f *os.File) ([]byte, error) {
			if s.out == "" {
				return nil, os.ErrPermission
			}
			return none(store.WriteFile(s.out, caller(), copied(f)))
		},
	}
}

func (s *saver) end(how func(store.Set) error) error {
	set := s.set
	if s.set = nil; set == nil {
		return os.ErrPermission
	}
	return how(set)
}

// copied fills a file with what is in another, which must be an ordinary one: reading
// from any other may never end.
func copied(from *os.File) func(io.Writer) error {
	return func(to io.Writer) error {
		if from == nil {
			return os.ErrInvalid
		}
		info, err := from.Stat()
		if err != nil || !info.Mode().IsRegular() {
			return errors.Join(err, os.ErrInvalid)
		}
		_, err = io.CopyN(to, from, info.Size())
		return err
	}
}
