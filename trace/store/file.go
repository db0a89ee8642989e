package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// WriteFile creates or replaces a regular file, and nothing else: neither the target of a
// symbolic link nor a pipe or device. On an error, the earlier file is unchanged.
func WriteFile(path string, owner *Owner, fill func(io.Writer) error) error {
	dir, name := filepath.Split(path)
	if name == "" || name == "." || name == ".." {
		return fmt.Errorf("%q is a directory, not a file", path)
	}
	d, err := openDir(dir, owner, false)
	if err != nil {
		return err
	}
	defer d.Close() // all files written in it are closed
	switch info, err := d.root.Lstat(name); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return d.named(err, name)
	default:
		if err := regular(info); err != nil {
			return fmt.Errorf("%s %w", d.at(name), err)
		}
	}
	t, err := d.temps()
	if err != nil {
		return err
	}
	temp, err := t.write(name, fill)
	if err == nil {
		err = d.rename(temp, name)
	}
	return errors.Join(err, t.remove())
}
