package store

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Of users who exist nowhere.
const (
	stranger = 54321
	sudoer   = 54322
)

// needRoot skips where files cannot be given away.
func needRoot(t *testing.T) {
	t.Helper()
	if !isRoot() || os.Chown(t.TempDir(), stranger, stranger) != nil {
		t.Skip("only root can give files away")
	}
}

func give(t *testing.T, uid int, mode os.FileMode, paths ...string) {
	t.Helper()
	for _, path := range paths {
		err := os.Lchown(path, uid, uid)
		if info, _ := os.Lstat(path); info.IsDir() {
			err = errors.Join(err, os.Chmod(path, mode))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Root follows a symbolic link only where nobody else can have put it there.
func TestFollow(t *testing.T) {
	needRoot(t)
	sudo := &Owner{UID: sudoer, GID: sudoer}
	for _, c := range []struct {
		name            string
		dir             int // who owns the directory of the link
		mode            os.FileMode
		link            int // who owns the link
		second          bool
		alone, withSudo bool // whether it is followed
	}{
		{name: "root's", mode: 0o755, alone: true, withSudo: true},
		{name: "somebody's, moved there by root", mode: 0o755, link: stranger, alone: true, withSudo: true},
		{name: "in somebody's directory", dir: stranger, mode: 0o755, link: stranger},
		{name: "root's in somebody's directory", dir: stranger, mode: 0o755},
		{name: "where a group can write", mode: 0o775},
		{name: "where all can write", mode: 0o777},
		{name: "in a place like /tmp, root's", mode: 0o777 | os.ModeSticky, alone: true, withSudo: true},
		{name: "in a place like /tmp, root's with a second name", mode: 0o777 | os.ModeSticky, second: true},
		{name: "in a place like /tmp, somebody's", mode: 0o777 | os.ModeSticky, link: stranger},
		{name: "in a place like /tmp, the user's", mode: 0o777 | os.ModeSticky, link: sudoer, withSudo: true},
		{name: "in the user's directory", dir: sudoer, mode: 0o755, link: sudoer, withSudo: true},
		{name: "in somebody's place like /tmp", dir: stranger, mode: 0o777 | os.ModeSticky},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, target := t.TempDir(), t.TempDir()
			at := filepath.Join(dir, "link")
			link(t, target, at)
			if c.second {
				if err := os.Link(at, filepath.Join(dir, "second")); err != nil {
					t.Fatal(err)
				}
			}
			give(t, c.link, 0, at)
			give(t, c.dir, c.mode, dir)
			for _, owner := range []*Owner{nil, sudo} {
				want := c.alone
				if owner != nil {
					want = c.withSudo
				}
				for _, path := range []string{at, filepath.Join(at, "in")} {
					d, err := Open(path, owner)
					if err == nil {
						_ = d.Close() // nothing was done in it
					}
					if got := err == nil; got != want {
						t.Errorf("%s: %v", path, err)
					}
					if err != nil && (!strings.Contains(err.Error(), "symbolic link that another user could have created") || !strings.Contains(err.Error(), at)) {
						t.Errorf("%v", err)
					}
				}
				if names := entries(t, target); want != (len(names) == 1) {
					t.Errorf("there is %v", names)
				}
				_ = os.Remove(filepath.Join(target, "in")) // if it was made
			}
		})
	}
}

// A path is followed as the kernel follows it.
func TestFollowLikeKernel(t *testing.T) {
	needRoot(t)
	dir := t.TempDir()
	for _, d := range []string{"a", "a/b", "a/b/c", "d"} {
		mkdir(t, filepath.Join(dir, d))
	}
	for name, to := range map[string]string{
		"absolute": filepath.Join(dir, "a", "b"), "relative": "a/b", "a/up": "../d", "a/b/chain": "../../relative/c", "loop": "loop", "a/dots": "./.././a//b/",
		"none": "nothing", "root": "/", "file": "/etc/passwd",
	} {
		link(t, to, filepath.Join(dir, name))
	}
	t.Chdir(filepath.Join(dir, "a"))
	for _, path := range []string{
		"/", "/.", ".", "..", "b", "b/c", "../d", "../../" + filepath.Base(dir), "up", "dots/c", "b/chain", "../absolute/chain", "../loop", "../none", "../file", "../root/proc",
		filepath.Join(dir, "relative", "c"), filepath.Join(dir, "absolute"), filepath.Join(dir, "loop"), filepath.Join(dir, "no", "such"), filepath.Join(dir, "root") + filepath.Join(dir, "d"), "a\x00b",
	} {
		want, wantErr := os.Stat(path)
		if wantErr == nil && !want.IsDir() {
			wantErr = syscall.ENOTDIR
		}
		f, err := follow(path, nil, false)
		switch {
		case (err == nil) != (wantErr == nil), wantErr != nil && !errors.Is(err, errors.Unwrap(wantErr)) && !errors.Is(err, wantErr):
			t.Errorf("%q: %v, not %v", path, err, wantErr)
		case err == nil:
			got, err := f.Stat()
			if err != nil || !os.SameFile(got, want) {
				t.Errorf("%q leads elsewhere: %v", path, err)
			}
			_ = f.Close() // it was only looked at
		}
	}
}

// What is made belongs to the user who ran sudo, and only to their own eyes.
func TestOwner(t *testing.T) {
	needRoot(t)
	there := t.TempDir()
	dir := filepath.Join(there, "new", "deep")
	d, err := Open(dir, &Owner{UID: sudoer, GID: sudoer})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	mustSave(t, d, first)
	if err := WriteFile(filepath.Join(there, "file"), d.owner, content("x")); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]struct {
		uid  uint32
		mode uint32
	}{
		there: {0, 0o755}, filepath.Dir(dir): {sudoer, 0o755}, dir: {sudoer, 0o755}, filepath.Join(there, "file"): {sudoer, 0o600},
		filepath.Join(dir, "a.pcap"): {sudoer, 0o600}, filepath.Join(dir, "trace.json"): {sudoer, 0o600}, filepath.Join(dir, listFile): {sudoer, 0o600},
	} {
		var s syscall.Stat_t
		if err := syscall.Lstat(path, &s); err != nil || s.Uid != want.uid || s.Gid != want.uid || s.Mode&0o777 != want.mode {
			t.Errorf("%s belongs to %d:%d, mode %o: %v", path, s.Uid, s.Gid, s.Mode, err)
		}
	}
}

// Whoever owns the directory above swaps the one that is saved to for a symbolic link,
// over and over: what it leads to is never touched.
func TestSwapped(t *testing.T) {
	needRoot(t)
	above := t.TempDir()
	out, swap, victim := filepath.Join(above, "out"), filepath.Join(above, "swap"), t.TempDir()
	mkdir(t, out)
	link(t, victim, swap)
	put(t, filepath.Join(victim, "trace.json"), "secret")
	give(t, stranger, 0o777, above, out, swap)
	stop := make(chan struct{})
	var swapping sync.WaitGroup
	swapping.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if err := unix.Renameat2(unix.AT_FDCWD, out, unix.AT_FDCWD, swap, unix.RENAME_EXCHANGE); err != nil {
				t.Error(err)
				return
			}
		}
	})
	saved, refused := 0, 0
	count := func(err error) {
		if err == nil {
			saved++
		} else {
			refused++
		}
	}
	for range 400 {
		for _, path := range []string{out, filepath.Join(out, "deep")} {
			d, err := Open(path, &Owner{UID: sudoer, GID: sudoer})
			if err == nil {
				err = save(d, map[string]string{"a.pcap": "new"})
				_ = d.Close() // what was written to it is closed
			}
			count(err)
			count(WriteFile(filepath.Join(path, "x"), nil, content("new")))
		}
	}
	close(stop)
	swapping.Wait()
	same(t, victim, map[string]string{"trace.json": "secret"})
	if info, err := os.Stat(victim); err != nil || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("the victim was given away: %v", err)
	}
	if saved == 0 || refused == 0 {
		t.Errorf("%d saved, %d refused: nothing was tried", saved, refused)
	}
	t.Logf("%d saved, %d refused", saved, refused)
}
