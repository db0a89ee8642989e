package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"syscall"
)

// listFile says which files of a directory are tracer's, in the format of sha256sum:
// a digest, two spaces, a name. Since it says what is in a file and not only what it
// is called, a list from a stranger can claim nothing but copies of what it knows.
const listFile = ".tracer.sha256"

// maxList is how long a list may be that is read: some 100,000 files.
const maxList = 16 << 20

// digest is what is in a file.
type digest [sha256.Size]byte

// list is the digests of files, by name. A name has two while a set is being replaced.
type list map[string][]digest

func (l list) add(name string, d digest) { l[name] = append(l[name], d) }

func (l list) write(w io.Writer) error {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l)) {
		for _, d := range l[name] {
			fmt.Fprintf(&b, "%x  %s\n", d, name)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// readList reads the list of a directory. Where there is none, it is empty.
func (d *Dir) readList() (list, error) {
	f, err := d.open(listFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return list{}, nil
	case err != nil:
		return nil, err
	}
	defer f.Close() // it is only read from
	text, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil {
		return nil, err
	}
	l, err := parseList(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", d.at(listFile), err)
	}
	return l, nil
}

func parseList(text []byte) (list, error) {
	if len(text) > maxList {
		return nil, fmt.Errorf("more than %d bytes", maxList)
	}
	l := list{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		sum, name, found := strings.Cut(strings.TrimSuffix(string(line), "\n"), "  ")
		b, err := hex.DecodeString(sum)
		if !found || err != nil || len(b) != sha256.Size || !Plain(name) || !result(name) {
			return nil, fmt.Errorf("line %d: not a digest and the name of a result", number)
		}
		l.add(name, digest(b))
	}
	return l, nil
}

// open opens a regular file of the directory for reading, and nothing else: not what a
// symbolic link leads to, and no pipe, on which opening would wait.
func (d *Dir) open(name string) (*os.File, error) {
	before, err := d.root.Lstat(name)
	if err != nil {
		return nil, d.named(err, name)
	}
	if err := regular(before); err != nil {
		return nil, fmt.Errorf("%s %w", d.at(name), err)
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, d.named(err, name)
	}
	after, err := f.Stat()
	if err == nil && !os.SameFile(before, after) {
		err = fmt.Errorf("%s: %w", d.at(name), errChanged)
	}
	if err != nil {
		_ = f.Close() // it was only read from
		return nil, err
	}
	return f, nil
}

// digest reads what is in a file.
func (d *Dir) digest(name string) (sum digest, err error) {
	f, err := d.open(name)
	if err != nil {
		return sum, err
	}
	defer f.Close() // it is only read from
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, d.named(err, name)
	}
	return digest(h.Sum(nil)), nil
}

var errChanged = errors.New("changed while it was being opened")

// regular says what else a file is.
func regular(info fs.FileInfo) error {
	var what string
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		what = "a symbolic link"
	case mode.IsDir():
		what = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case mode&fs.ModeSocket != 0:
		what = "a socket"
	case mode&fs.ModeDevice != 0:
		what = "a device"
	default:
		what = "something special"
	}
	return fmt.Errorf("is %s, not a file", what)
}
