//go:build unix

package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// special are things that stand where a file is to be. Each returns a file that must
// not change, if there is one.
var special = map[string]func(t *testing.T, path, elsewhere string) (untouched string){
	"a symbolic link": func(t *testing.T, path, elsewhere string) string {
		put(t, elsewhere, "secret")
		link(t, elsewhere, path)
		return elsewhere
	},
	"a symbolic link to nothing": func(t *testing.T, path, elsewhere string) string {
		link(t, elsewhere, path)
		return ""
	},
	"a symbolic link to a directory": func(t *testing.T, path, elsewhere string) string {
		mkdir(t, elsewhere)
		link(t, elsewhere, path)
		return ""
	},
	"a named pipe": func(t *testing.T, path, _ string) string {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		return ""
	},
	"a socket": func(t *testing.T, path, _ string) string {
		fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Relative: the path of a socket is short.
		t.Chdir(filepath.Dir(path))
		if err := errors.Join(syscall.Bind(fd, &syscall.SockaddrUnix{Name: filepath.Base(path)}), syscall.Close(fd)); err != nil {
			t.Fatal(err)
		}
		return ""
	},
	"a directory": func(t *testing.T, path, _ string) string {
		mkdir(t, path)
		return ""
	},
	"a device": func(t *testing.T, path, _ string) string {
		const null = 1<<8 | 3
		if err := syscall.Mknod(path, syscall.S_IFCHR|0o666, null); err != nil {
			t.Skipf("only root makes devices: %v", err)
		}
		return ""
	},
}

func link(t *testing.T, to, path string) {
	t.Helper()
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
}

// What is no file is refused before anything is written, and is there as it was.
func TestSpecial(t *testing.T) {
	for what, make := range special {
		t.Run(what, func(t *testing.T) {
			for _, name := range []string{"trace.json", "a.pcap"} {
				dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "elsewhere")
				path := filepath.Join(dir, name)
				untouched := make(t, path, elsewhere)
				before, err := os.Lstat(path)
				if err != nil {
					t.Fatal(err)
				}
				d := open(t, dir)
				for how, do := range map[string]func() error{
					"ready": d.Ready,
					"save":  func() error { return save(d, first) },
					"file":  func() error { return WriteFile(path, nil, content("x")) },
				} {
					if err := do(); err == nil || !strings.Contains(err.Error(), path+" is a") || !strings.Contains(err.Error(), ", not a file") {
						t.Errorf("%s: %s: %v", name, how, err)
					}
				}
				after, err := os.Lstat(path)
				if err != nil || !os.SameFile(before, after) || len(entries(t, dir)) != 1 {
					t.Errorf("%s: %v, %v", name, entries(t, dir), err)
				}
				if untouched == "" {
					if _, err := os.Stat(elsewhere); err == nil && len(holdsAt(elsewhere)) > 0 {
						t.Errorf("%s was written to", elsewhere)
					}
				} else if b, err := os.ReadFile(untouched); err != nil || !bytes.Equal(b, []byte("secret")) {
					t.Errorf("%s: %q, %v", untouched, b, err)
				}
			}
		})
	}
}

func holdsAt(dir string) []os.DirEntry {
	list, _ := os.ReadDir(dir) // none, if it is not there
	return list
}

// A directory that is none is refused, and a pipe is not waited for.
func TestNoDirectory(t *testing.T) {
	dir := t.TempDir()
	file, pipe := filepath.Join(dir, "file"), filepath.Join(dir, "pipe")
	put(t, file, "")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, pipe, filepath.Join(file, "in"), filepath.Join(pipe, "in")} {
		d, err := Open(path, nil)
		if err == nil {
			t.Errorf("%s is opened as %s", path, d.Path())
		} else if !strings.Contains(err.Error(), "not a directory") || !strings.Contains(err.Error(), dir) {
			t.Errorf("%v", err)
		}
	}
}

// Once it is opened, a directory is the same one, whatever its name means.
func TestMoved(t *testing.T) {
	above := t.TempDir()
	out, moved, other := filepath.Join(above, "out"), filepath.Join(above, "moved"), filepath.Join(above, "other")
	mkdir(t, other)
	d := open(t, out)
	if err := os.Rename(out, moved); err != nil {
		t.Fatal(err)
	}
	link(t, other, out)
	mustSave(t, d, first)
	same(t, moved, first)
	if names := entries(t, other); len(names) > 0 {
		t.Errorf("%v", names)
	}
}

// Of several that save at the same time, one is there in the end, whole.
func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	const savers, times = 8, 10
	failed := make(chan error, savers)
	for i := range savers {
		set := first
		if i%2 == 1 {
			set = second
		}
		d := open(t, dir)
		go func() {
			var err error
			for range times {
				err = errors.Join(err, save(d, set))
			}
			failed <- err
		}()
	}
	for range savers {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	got := holds(t, dir)
	want := first
	if got["trace.json"] == "two" {
		want = second
	}
	same(t, dir, want)
}
