package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Dir is an opened directory that results are saved to. It stays the same one, even if
// its name comes to mean another.
type Dir struct {
	root  *os.Root
	path  string
	owner *Owner
}

// Owner is whom new files and directories are given to.
type Owner struct{ UID, GID int }

// Open opens a directory, and makes it, and those above it, where they are missing.
// owner may be nil: what is made is then this process's user's.
//
// Root follows a symbolic link in the path only where no other user can have put it
// there.
func Open(path string, owner *Owner) (*Dir, error) {
	return openDir(path, owner, true)
}

// Make makes a directory that was not there, and opens it. The error is of the kind
// [fs.ErrExist] where there is something of that name.
func Make(path string, owner *Owner) (*Dir, error) {
	above, err := openDir(filepath.Dir(path), owner, false)
	if err != nil {
		return nil, err
	}
	defer above.Close() // nothing stays open in it
	name := filepath.Base(path)
	if err := above.root.Mkdir(name, 0o755); err != nil {
		return nil, above.named(err, name)
	}
	d, err := openDir(above.at(name), owner, false)
	if err == nil && owner != nil {
		_ = d.root.Chown(".", owner.UID, owner.GID) // a courtesy, as for files
	}
	return d, err
}

func openDir(path string, owner *Owner, create bool) (*Dir, error) {
	path = filepath.Clean(path)
	root, err := openRoot(path, owner, create)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root, path: path, owner: owner}, nil
}

// openPath opens a directory by its path, as the kernel understands it. A path that
// ends in a dot is of a directory: opening a named pipe would wait for its other end.
func openPath(path string) (*os.Root, error) {
	root, err := os.OpenRoot(path + string(filepath.Separator) + ".")
	var wrong *fs.PathError
	if errors.As(err, &wrong) {
		wrong.Path = path
	}
	return root, err
}

// Path is the name that the directory was opened by.
func (d *Dir) Path() string { return d.path }

// Close closes the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Ready finds out whether a set can be saved: by looking at what is there, and by
// making a file.
func (d *Dir) Ready() error {
	if _, err := d.earlier(); err != nil {
		return err
	}
	s, err := d.Begin()
	if err != nil {
		return err
	}
	return s.Discard()
}

// earlier returns the files of the set that is in the directory, and an error where
// there are captures or traces that are not of one. A directory holds one set: so what
// is replaced or removed is certain before anything is written.
func (d *Dir) earlier() (list, error) {
	names, err := d.names()
	if err != nil {
		return nil, err
	}
	listed, err := d.readList()
	if err != nil {
		return nil, err
	}
	there := list{}
	for _, name := range names {
		if !result(name) {
			continue
		}
		sum, err := d.digest(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(listed[name], sum) {
			return nil, fmt.Errorf("%s was not saved by tracer, or has changed since: it would be lost; choose another directory, or move it away", d.at(name))
		}
		there.add(name, sum)
	}
	return there, nil
}

// names lists the directory.
func (d *Dir) names() ([]string, error) {
	f, err := d.root.Open(".")
	if err != nil {
		return nil, d.named(err, ".")
	}
	defer f.Close() // it is only read from
	return f.Readdirnames(-1)
}

// rename gives a file another name, and replaces what has that name.
func (d *Dir) rename(from, to string) error {
	if err := d.root.Rename(from, to); err != nil {
		return d.named(err, to)
	}
	return nil
}

// at is the path of a file, for people.
func (d *Dir) at(name string) string { return filepath.Join(d.path, name) }

// named puts the path into an error that has the name inside of the directory only.
func (d *Dir) named(err error, name string) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	return fmt.Errorf("%s: %w", d.at(name), err)
}
