package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"

	"tracer/sim/confine"
	"tracer/trace"
	"tracer/trace/export"
	"tracer/trace/page"
	"tracer/trace/store"
)

// results saves files, either in this process or through the first process.
type results interface {
	// ready opens the directory of --out, and returns an error if no trace can be saved
	// there.
	ready() error
	// begin starts a set of files in a new directory, or for "" in the directory of
	// --out. The error wraps fs.ErrExist if the name is taken.
	begin(dir string) (export.Set, error)
	// file writes --out as a single file.
	file(fill func(io.Writer) error) error
	close()
}

// newResults returns the results of this process. out is the value of --out.
func newResults(out string) results {
	if confine.IsSecond() {
		return asker{}
	}
	return &local{path: out}
}

// save saves all files of a trace to the directory of --out, and returns their number.
func save(r results, t *trace.Trace) (int, error) {
	set, err := r.begin("")
	if err != nil {
		return 0, err
	}
	return saveTo(set, t)
}

func saveTo(set export.Set, t *trace.Trace) (int, error) {
	return export.Save(set, t, language(), func(w io.Writer) error { return page.Write(w, t, page.Options{Language: language()}) })
}

// saveNew saves all files of a trace to a new directory below the working directory,
// named after the scenario, and returns its name.
func saveNew(r results, t *trace.Trace) (dir string, err error) {
	const most = 10_000
	name := store.Safe(t.Scenario + "-trace")
	for i := 1; i <= most; i++ {
		if dir = name; i > 1 {
			dir += "-" + strconv.Itoa(i)
		}
		var set export.Set
		if set, err = r.begin(dir); err == nil {
			_, err = saveTo(set, t)
			return dir, err
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return "", err
}

// local saves files in this process.
type local struct {
	path string     // of --out, or ""
	out  *store.Dir // the opened path
}

var errNoOut = errors.New("--out is not set")

func (l *local) ready() error {
	if l.path == "" {
		return errNoOut
	}
	if l.out != nil {
		return nil
	}
	dir, err := store.Open(l.path, caller())
	if err != nil {
		return outputError{err}
	}
	if err := dir.Ready(); err != nil {
		return errors.Join(err, dir.Close())
	}
	l.out = dir
	return nil
}

func (l *local) file(fill func(io.Writer) error) error {
	if l.path == "" {
		return errNoOut
	}
	if err := store.WriteFile(l.path, caller(), fill); err != nil {
		return outputError{err}
	}
	return nil
}

func (l *local) close() {
	if l.out != nil {
		_ = l.out.Close() // its files are closed already
	}
}

func (l *local) begin(dir string) (export.Set, error) {
	if dir == "" {
		if err := l.ready(); err != nil {
			return nil, err
		}
		return l.out.Begin()
	}
	if l.path != "" || !store.Plain(dir) { // the request may come from a second process
		return nil, fmt.Errorf("%q is not the name of a new directory here", dir)
	}
	d, err := store.Make(dir, caller())
	if err != nil {
		return nil, err
	}
	set, err := d.Begin()
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return &ownSet{set, d}, nil
}

// ownSet is a set that closes its directory when it ends.
type ownSet struct {
	*store.Set
	dir *store.Dir
}

func (s *ownSet) Commit() error { return errors.Join(s.Set.Commit(), s.dir.Close()) }

func (s *ownSet) Discard() error { return errors.Join(s.Set.Discard(), s.dir.Close()) }
