package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// temps are the temporary files of one set. Their names begin with that of the first,
// which is empty and stays locked while the others may exist. If it is not locked, a
// killed process left them behind.
type temps struct {
	dir    *Dir
	prefix string
	lock   *os.File
	made   int
}

const (
	tempBegin  = ".tracer-"
	tempDigits = 16
)

// temps removes leftovers and creates the first file.
func (d *Dir) temps() (*temps, error) {
	if err := d.sweep(); err != nil {
		return nil, err
	}
	for range 10 {
		var random [tempDigits / 2]byte
		_, _ = rand.Read(random[:]) // it never fails
		t := &temps{dir: d, prefix: tempBegin + hex.EncodeToString(random[:])}
		f, err := d.create(t.prefix)
		if err != nil {
			return nil, err
		}
		t.lock = f
		if !errors.Is(tryLock(f), errBusy) && d.is(t.prefix, f) {
			return t, nil
		}
		_ = f.Close() // another process has removed it before it was locked
	}
	return nil, fmt.Errorf("%s: temporary files are removed as soon as they are created", d.path)
}

// create creates a new file.
func (d *Dir) create(name string) (*os.File, error) {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, d.mode)
	if err != nil {
		return nil, d.named(err, ".")
	}
	if d.owner != nil {
		_ = f.Chown(d.owner.UID, d.owner.GID) // best effort: if it is not permitted, the file remains this user's
	}
	return f, nil
}

// is reports whether a name refers to an open file.
func (d *Dir) is(name string, f *os.File) bool {
	a, err := d.root.Lstat(name)
	if err != nil {
		return false
	}
	b, err := f.Stat()
	return err == nil && os.SameFile(a, b)
}

// next returns a new name.
func (t *temps) next() string {
	t.made++
	return t.prefix + "-" + strconv.Itoa(t.made)
}

// write writes a temporary file for name, and returns the temporary name.
func (t *temps) write(name string, fill func(io.Writer) error) (temp string, err error) {
	temp = t.next()
	out, err := t.dir.create(temp)
	if err != nil {
		return "", err
	}
	if err = errors.Join(fill(out), out.Close()); err != nil {
		return "", fmt.Errorf("write %w", t.dir.named(err, name))
	}
	return temp, nil
}

// remove removes the files that still exist.
func (t *temps) remove() error {
	var failed error
	for i := 1; i <= t.made; i++ {
		failed = errors.Join(failed, t.dir.remove(t.prefix+"-"+strconv.Itoa(i)))
	}
	// The locked file is last, and closed first: Windows cannot remove an open file.
	return errors.Join(failed, t.lock.Close(), t.dir.remove(t.prefix))
}

// remove removes a file, if it exists.
func (d *Dir) remove(name string) error {
	if err := d.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return d.named(err, name)
	}
	return nil
}

// sweep removes temporary files that are no longer locked.
func (d *Dir) sweep() error {
	names, err := d.names()
	if err != nil {
		return err
	}
	left := map[string][]string{}
	for _, name := range names {
		if prefix, ok := tempPrefix(name); ok && d.ours(name) {
			left[prefix] = append(left[prefix], name)
		}
	}
	for prefix, names := range left {
		lock, err := d.open(prefix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			continue // not a regular file
		}
		if err == nil && !abandoned(lock) {
			_ = lock.Close() // it was only read from
			continue
		}
		for _, name := range names {
			if name != prefix {
				_ = d.remove(name) // files that cannot be removed may stay
			}
		}
		if lock != nil { // removed while locked, or on Windows after closing
			_ = d.remove(prefix)
			_ = lock.Close()
			_ = d.remove(prefix)
		}
	}
	return nil
}

// tempPrefix returns the common prefix of a temporary file's set.
func tempPrefix(name string) (prefix string, ok bool) {
	digits, found := strings.CutPrefix(name, tempBegin)
	if !found {
		return "", false
	}
	digits, number, numbered := strings.Cut(digits, "-")
	if len(digits) != tempDigits || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", false
	}
	if numbered && (number == "" || strings.Trim(number, "0123456789") != "") {
		return "", false
	}
	return tempBegin + digits, true
}

// ours reports whether a regular file belongs to this process's user.
func (d *Dir) ours(name string) bool {
	info, err := d.root.Lstat(name)
	return err == nil && info.Mode().IsRegular() && mine(info, d.owner)
}
