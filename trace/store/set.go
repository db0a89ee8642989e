package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
)

// Set is a set of files that are saved together.
type Set struct {
	temps *temps
	files []staged
}

// staged is a temporary file and its final name.
type staged struct {
	name, temp string // without temp, the file of this name is removed
}

// take renames the file to its final name.
func (f staged) take(d *Dir) error {
	if f.temp == "" {
		return d.remove(f.name)
	}
	return d.rename(f.temp, f.name)
}

// Begin begins a set. It ends with Commit or Discard.
func (d *Dir) Begin() (*Set, error) {
	t, err := d.temps()
	if err != nil {
		return nil, err
	}
	return &Set{temps: t}, nil
}

// Write adds a file: trace.json, or a capture or page with a name from [Names].
func (s *Set) Write(name string, fill func(io.Writer) error) error {
	if !Plain(name) || !result(name) {
		return fmt.Errorf("%q is not the name of a result", name)
	}
	return s.write(name, fill)
}

func (s *Set) write(name string, fill func(io.Writer) error) error {
	temp, err := s.temps.write(name, fill)
	if err == nil {
		s.files = append(s.files, staged{name, temp})
	}
	return err
}

// Discard removes the files written so far.
func (s *Set) Discard() error { return s.temps.remove() }

// Commit replaces the directory's earlier set by this one. If that fails, it restores the
// earlier set.
func (s *Set) Commit() error {
	d := s.temps.dir
	return errors.Join(s.commit(d), s.Discard())
}

func (s *Set) commit(d *Dir) error {
	unlock, err := d.lock()
	if err != nil {
		return err
	}
	defer unlock()
	steps, err := s.steps(d)
	if err != nil {
		return err
	}
	return s.replace(steps)
}

// steps returns the files to rename and remove, in order. First comes a list with the
// files of both sets, and last one with only the new files: so after each step, every file
// is whole and on the list.
func (s *Set) steps(d *Dir) ([]staged, error) {
	old, err := d.earlier()
	if err != nil {
		return nil, err
	}
	fresh, both := list{}, list{}
	for _, f := range s.files {
		sum, err := d.digest(f.temp)
		if err != nil {
			return nil, err
		}
		fresh.add(f.name, sum)
		both.add(f.name, sum)
	}
	for name, sums := range old {
		both.add(name, sums[0])
	}
	files := s.files
	s.files = nil
	for _, l := range []list{both, fresh} {
		if err := s.write(listFile, l.write); err != nil {
			return nil, err
		}
	}
	for name := range old {
		if len(fresh[name]) == 0 {
			files = append(files, staged{name: name})
		}
	}
	return slices.Concat(s.files[:1], files, s.files[1:]), nil
}

// replace renames files to their final names, in this order. It first links each earlier
// file under a second name, to restore it on an error; on file systems without hard
// links it cannot.
func (s *Set) replace(files []staged) error {
	d := s.temps.dir
	var undo []func() error
	for _, f := range files {
		kept := s.temps.next()
		linked := d.root.Link(f.name, kept)
		err := f.take(d)
		if err != nil {
			for _, back := range slices.Backward(undo) {
				err = errors.Join(err, back())
			}
			return err
		}
		if linked == nil {
			undo = append(undo, func() error { return d.rename(kept, f.name) })
		} else if errors.Is(linked, fs.ErrNotExist) {
			undo = append(undo, func() error { return d.remove(f.name) })
		}
	}
	return nil
}
