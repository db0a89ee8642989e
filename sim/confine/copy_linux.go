package confine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// The scenario's directory is copied, not mounted: a socket in it would be a way out,
// since a read-only mount does not prevent connecting to one.

// Limits of the scenario's directory.
const (
	maxCopied  = 32 << 20 // bytes
	maxEntries = 4000     // files and directories
)

// open opens the scenario's directory while it is still visible.
func (s *stage) open() (fd int, err error) {
	if s.Directory == "" || s.Cloned {
		return cloneFD, nil
	}
	fd, err = unix.Open(s.Directory, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return none, &os.PathError{Op: "open", Path: s.Directory, Err: err}
	}
	return fd, nil
}

// copyApplication copies the scenario's directory below base: only directories, regular
// files and symbolic links that this user can read.
func (s *stage) copyApplication(directory int, base string) error {
	target := filepath.Join(base, applicationDirectory)
	if err := os.Mkdir(target, 0o755); err != nil {
		return err
	}
	options := fmt.Sprintf("mode=0755,size=%d,nr_inodes=%d", maxFile, 2*maxEntries)
	if err := unix.Mount("tmpfs", target, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
		return err
	}
	var from *os.Root
	err := unix.Fchdir(directory)
	if err == nil {
		from, err = os.OpenRoot(".")
	}
	if err != nil {
		return fmt.Errorf("the user that programs run as (user ID %d) cannot read %s: %w", os.Getuid(), s.Directory, err)
	}
	defer from.Close() // only read from
	to, err := os.OpenRoot(target)
	if err != nil {
		return err
	}
	defer to.Close() // its files are already closed
	c := copying{from: from, to: to, bytes: maxCopied, entries: maxEntries}
	err = fs.WalkDir(from.FS(), ".", c.entry)
	if errors.Is(err, errTooLarge) {
		return fmt.Errorf("%s has more than %d MiB or %d files: put the scenario into a directory of its own", s.Directory, maxCopied>>20, maxEntries)
	}
	if err != nil {
		return err
	}
	return unix.Mount("", target, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, "")
}

// copying is a directory tree being copied.
type copying struct {
	from, to *os.Root
	bytes    int64
	entries  int
}

var errTooLarge = errors.New("too large")

// entry copies one entry of the tree. path is relative to both roots.
func (c *copying) entry(path string, d fs.DirEntry, err error) error {
	switch {
	case path == ".":
		return err
	case err != nil: // a directory that this user cannot read
		return fs.SkipDir
	}
	if c.entries--; c.entries < 0 {
		return errTooLarge
	}
	switch d.Type() {
	case fs.ModeDir:
		return c.to.Mkdir(path, 0o755)
	case fs.ModeSymlink:
		to, err := c.from.Readlink(path)
		if err != nil {
			return err
		}
		return c.to.Symlink(to, path)
	case 0:
		return c.file(path)
	}
	return nil
}

func (c *copying) file(path string) error {
	// Do not block if the file has just been replaced by a pipe.
	in, err := c.from.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOFOLLOW, 0)
	if errors.Is(err, os.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close() // only read from
	info, err := in.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return err
	}
	out, err := c.to.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o444)
	if err != nil {
		return err
	}
	n, err := io.Copy(out, io.LimitReader(in, c.bytes+1))
	if c.bytes -= n; c.bytes < 0 {
		err = errTooLarge
	}
	return errors.Join(err, out.Close())
}
