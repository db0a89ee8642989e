package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/store"
)

// results is where traces are saved to: directories that this process can write to, or
// that the first process writes to for it.
type results interface {
	// begin begins a set of files in the directory of --out, which has no name here, or
	// in a new one; the error is of the kind fs.ErrExist where that name is taken.
	begin(dir string) (export.Set, error)
}

// save saves all files of a trace to the directory of --out, and returns how many.
func save(r results, t *trace.Trace) (int, error) {
	set, err := r.begin("")
	if err != nil {
		return 0, err
	}
	return export.Save(set, t, explain.English())
}

// saveNew saves all files of a trace to a new directory in the working directory, which
// is named for the scenario, and returns its name.
func saveNew(r results, t *trace.Trace) (dir string, err error) {
	const most = 10_000
	name := store.Safe(t.Scenario + "-trace")
	for i := 1; i <= most; i++ {
		if dir = name; i > 1 {
			dir += "-" + strconv.Itoa(i)
		}
		var set export.Set
		if set, err = r.begin(dir); err == nil {
			_, err = export.Save(set, t, explain.English())
			return dir, err
		}
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return "", err
}

// local are results that this process writes.
type local struct {
	out *store.Dir // of --out, or nil
}

// openLocal opens the directory of --out, if there is one, and finds out whether
// something can be saved there.
func openLocal(out string) (*local, error) {
	if out == "" {
		return &local{}, nil
	}
	dir, err := store.Open(out, caller())
	if err != nil {
		return nil, err
	}
	if err := dir.Ready(); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return &local{dir}, nil
}

func (l *local) close() {
	if l.out != nil {
		_ = l.out.Close() // what was written to it is closed
	}
}

func (l *local) begin(dir string) (export.Set, error) {
	if dir == "" {
		if l.out == nil {
			return nil, errors.New("there is no --out")
		}
		return l.out.Begin()
	}
	if l.out != nil || !store.Plain(dir) { // another process may have asked
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

// ownSet is a set that is all that a directory was opened for.
type ownSet struct {
	*store.Set
	dir *store.Dir
}

func (s *ownSet) Commit() error { return errors.Join(s.Set.Commit(), s.dir.Close()) }

func (s *ownSet) Discard() error { return errors.Join(s.Set.Discard(), s.dir.Close()) }
