package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Dir is an open directory for results. It remains the same directory even if its path
// later names another.
type Dir struct {
	root  *os.Root
	path  string
	owner *Owner
	mode  fs.FileMode // of new files
}

// Owner is the owner of new files and directories.
type Owner struct{ UID, GID int }

// Open opens a directory, and creates it and its parents if they are missing. If owner is
// nil, new files and directories belong to this process's user.
//
// Root follows a symbolic link in the path only if no other user could have created it.
func Open(path string, owner *Owner) (*Dir, error) {
	return openDir(path, owner, true)
}

// Make creates a directory and opens it. The error wraps [fs.ErrExist] if the name is
// taken.
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
		_ = d.root.Chown(".", owner.UID, owner.GID) // best effort, as for files
	}
	return d, err
}

func openDir(path string, owner *Owner, create bool) (*Dir, error) {
	path = filepath.Clean(path)
	root, err := openRoot(path, owner, create)
	if err != nil {
		return nil, err
	}
	return &Dir{root: root, path: path, owner: owner, mode: 0o600}, nil
}

// openPath opens a directory by its path, following links. The dot at the end excludes
// named pipes, which would wait for their other end.
func openPath(path string) (*os.Root, error) {
	root, err := os.OpenRoot(path + string(filepath.Separator) + ".")
	var wrong *fs.PathError
	if errors.As(err, &wrong) {
		wrong.Path = path
	}
	return root, err
}

// Path returns the path by which the directory was opened.
func (d *Dir) Path() string { return d.path }

// Share lets everybody read the files that are created from now on, as far as the umask allows.
// All others are for their owner only: captures contain other people's traffic.
func (d *Dir) Share() { d.mode = 0o644 }

// Close closes the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Ready returns an error if a set cannot be saved: it checks the existing files, and
// creates a temporary one.
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

// earlier returns the files of the directory's set, or an error if the directory has
// other captures, traces or pages. So the files to replace or remove are known before anything
// is written.
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
			return nil, fmt.Errorf("%s was not saved by tracer, or has changed since, and would be lost: choose another directory, or move it away", d.at(name))
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

// rename renames a file, and replaces any file of the new name.
func (d *Dir) rename(from, to string) error {
	if err := d.root.Rename(from, to); err != nil {
		return d.named(err, to)
	}
	return nil
}

// at returns the path of a file, for messages.
func (d *Dir) at(name string) string { return filepath.Join(d.path, name) }

// named replaces the name relative to the directory by the full path in an error.
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
