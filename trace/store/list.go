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

// listFile lists tracer's files in a directory, in the format of sha256sum: a digest, two
// spaces, a name. Because of the digests, a list from a stranger can claim only files
// whose contents the stranger knows.
const listFile = ".tracer.sha256"

// maxList is the maximum length of a list: some 100,000 files.
const maxList = 16 << 20

// digest is the digest of a file's contents.
type digest [sha256.Size]byte

// list has the digests of files, by name. A name has two while a set is being replaced.
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

// readList reads the list of a directory. A missing list is empty.
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

// open opens a regular file of the directory for reading: not the target of a symbolic
// link, nor a pipe, which could block.
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

// digest computes a file's digest.
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

// regular returns an error that says what a file is, unless it is regular.
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
		what = "a special file"
	}
	return fmt.Errorf("is %s, not a file", what)
}
