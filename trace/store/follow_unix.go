//go:build unix

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// maxLinks is the maximum number of symbolic links in a path, as in Linux.
const maxLinks = 40

// maxMade is the maximum number of directories created for one path: another process
// could keep removing them.
const maxMade = 1000

// follow walks a path from one open directory to the next, and returns the last one, which
// may allow only Stat. It follows a symbolic link only if no other user could have created
// it.
func follow(path string, owner *Owner, create bool) (*os.File, error) {
	w := &way{path: path, owner: owner, create: create}
	if err := w.start(filepath.IsAbs(path)); err != nil {
		return nil, w.wrong(err)
	}
	rest, links, made := parts(path), 0, 0
	for len(rest) > 0 {
		name := rest[0]
		err := w.enter(name)
		switch {
		case err == nil:
			rest = rest[1:]
			continue
		case errors.Is(err, unix.ENOENT) && create && made < maxMade:
			made++
			if err := w.make(name); err != nil {
				return nil, w.wrong(err)
			}
			continue
		}
		_, isLink := w.link(name)
		if !isLink {
			return nil, w.wrong(err)
		}
		if links++; links > maxLinks {
			return nil, w.wrong(unix.ELOOP)
		}
		if !w.safe(name) {
			return nil, w.wrong(fmt.Errorf("%q is a symbolic link that another user could have created: root does not follow it", name))
		}
		target, isLink := w.link(name)
		if !isLink { // read again, now that nobody can change it
			return nil, w.wrong(errChanged)
		}
		if filepath.IsAbs(target) {
			if err := w.start(true); err != nil {
				return nil, w.wrong(err)
			}
		}
		rest = slices.Concat(parts(target), rest[1:])
	}
	return w.at, nil
}

// parts returns the components of a path.
func parts(path string) []string {
	return slices.DeleteFunc(strings.Split(path, "/"), func(s string) bool { return s == "" || s == "." })
}

// way is the state of following a path.
type way struct {
	path   string
	owner  *Owner
	create bool
	at     *os.File // the directory reached; nil before the start
}

// wrong closes the directory reached, and returns an error with the whole path.
func (w *way) wrong(err error) error {
	w.to(nil)
	return &fs.PathError{Op: "open", Path: w.path, Err: err}
}

func (w *way) to(next *os.File) {
	if w.at != nil {
		_ = w.at.Close() // nothing was written
	}
	w.at = next
}

func (w *way) fd() int { return int(w.at.Fd()) }

// start enters the root directory, or the working directory.
func (w *way) start(absolute bool) error {
	name := "."
	if absolute {
		name = "/"
	}
	fd, err := unix.Open(name, directory, 0)
	if err == nil {
		w.to(os.NewFile(uintptr(fd), name))
	}
	return err
}

// enter enters a directory.
func (w *way) enter(name string) error {
	fd, err := unix.Openat(w.fd(), name, directory, 0)
	if err == nil {
		w.to(os.NewFile(uintptr(fd), name))
	}
	return err
}

// make creates a directory, unless it already exists.
func (w *way) make(name string) error {
	if err := unix.Mkdirat(w.fd(), name, 0o755); err != nil {
		if errors.Is(err, unix.EEXIST) {
			return nil
		}
		return err
	}
	if w.owner == nil {
		return nil
	}
	// On the open directory, since another could have taken its name; best effort, as for
	// files.
	fd, err := unix.Openat(w.fd(), name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	_ = unix.Fchown(fd, w.owner.UID, w.owner.GID)
	return unix.Close(fd)
}

// link reads a symbolic link.
func (w *way) link(name string) (target string, isLink bool) {
	b := make([]byte, unix.PathMax)
	n, err := unix.Readlinkat(w.fd(), name, b)
	if err != nil {
		return "", false
	}
	return string(b[:n]), true
}

// safe reports whether only root or the user who ran sudo could have created a symbolic
// link: nobody else can write to its directory, or the directory is sticky, like /tmp, and
// the link belongs to one of the two.
func (w *way) safe(name string) bool {
	var dir, link unix.Stat_t
	if unix.Fstat(w.fd(), &dir) != nil || unix.Fstatat(w.fd(), name, &link, unix.AT_SYMLINK_NOFOLLOW) != nil {
		return false
	}
	const writable, sticky = 0o022, unix.S_ISVTX
	if !w.trusted(dir.Uid) {
		return false
	}
	// On some machines, any user can create hard links to a symbolic link.
	return dir.Mode&writable == 0 || dir.Mode&sticky != 0 && w.trusted(link.Uid) && link.Nlink == 1
}

func (w *way) trusted(uid uint32) bool {
	return uid == 0 || w.owner != nil && int(uid) == w.owner.UID
}

// isRoot reports whether this process can write anywhere. Root of a user namespace without
// other users is a plain user, and cannot distinguish other users from each other.
func isRoot() bool {
	if os.Geteuid() != 0 {
		return false
	}
	b, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		return true // no user namespaces here
	}
	ids := strings.Fields(string(b))
	alone := len(ids) == 3 && ids[1] != "0" && ids[2] == "1"
	return !alone
}
