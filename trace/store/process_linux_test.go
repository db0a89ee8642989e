package store

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tracer/sim/labtest"
)

// asSaver makes the test binary a process that saves to the directory of this name,
// first one set and then the other, again and again, or once.
const (
	asSaver   = "TRACER_TEST_SAVE_TO"
	onceSaver = "TRACER_TEST_SAVE_ONCE"
)

func TestMain(m *testing.M) {
	dir := os.Getenv(asSaver)
	if dir == "" {
		os.Exit(m.Run())
	}
	for i := 0; ; i++ {
		err := saveOnce(dir, large(i%2))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if os.Getenv(onceSaver) != "" {
			os.Exit(0)
		}
	}
}

func saveOnce(dir string, files map[string]string) error {
	d, err := Open(dir, nil)
	if err != nil {
		return err
	}
	return errors.Join(d.Ready(), save(d, files), d.Close())
}

// large is a set of files of 20 kB that have something in common with another set.
func large(which int) map[string]string {
	files := map[string]string{}
	for name, text := range []map[string]string{first, second}[which] {
		files[name] = strings.Repeat(text, 20_000/len(text))
	}
	return files
}

func saver(dir string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), asSaver+"="+dir)
	return cmd
}

// A process that is killed at any moment leaves whole files, which the next one replaces
// together with what else is left.
func TestKilled(t *testing.T) {
	const times = 60
	r := labtest.Random(t)
	dir := t.TempDir()
	leftovers, mixed := 0, 0
	for range times {
		cmd := saver(dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.IntN(30_000)) * time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if cmd.Wait(); cmd.ProcessState.Exited() {
			t.Fatalf("it ended by itself: %v", cmd.ProcessState)
		}
		for name, text := range holds(t, dir) {
			if _, temporary := tempPrefix(name); temporary {
				leftovers++
			} else if text != large(0)[name] && text != large(1)[name] {
				t.Errorf("%s is not whole: %d bytes", name, len(text))
			}
		}
		if got := holds(t, dir)["one.pcapng"] != "" && holds(t, dir)["two.pcapng"] != ""; got {
			mixed++
		}
		if err := saveOnce(dir, large(0)); err != nil {
			t.Fatal(err)
		}
		same(t, dir, large(0))
	}
	if leftovers == 0 {
		t.Error("it was never killed while it was saving")
	}
	t.Logf("%d temporary files left, %d times two sets mixed", leftovers, mixed)
}

// When the disk is full, the set that was there stays, and nothing else is left.
func TestFull(t *testing.T) {
	dir := t.TempDir()
	// There is room for one set of 80 kB, and half of another.
	const script = `mount -t tmpfs -o size=128k none "$1" && cd "$1" &&
` + onceSaver + `=1 /proc/self/fd/3 || exit 70
cp -a . "$2"
before=$(ls -A; sha256sum -c .tracer.sha256) || exit 71
` + onceSaver + `=1 /proc/self/fd/3 && exit 72
[ "$before" = "$(ls -A; sha256sum -c .tracer.sha256)" ]`
	exe, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer exe.Close() // it is only run
	kept := t.TempDir()
	cmd := exec.Command("sh", "-c", script, "sh", dir, kept)
	cmd.Env = append(os.Environ(), asSaver+"="+dir)
	cmd.ExtraFiles = []*os.File{exe}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "no space left on device") {
		t.Errorf("%v: %s", err, out)
	}
	want := large(0)
	if got := holds(t, kept); !maps.Equal(got, want) {
		t.Errorf("the first set was not saved: %d files", len(got))
	}
}

// Where nothing can be written, that is known before.
func TestReadOnly(t *testing.T) {
	above, err := os.MkdirTemp("", "read-only")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(above)
	dir := filepath.Join(above, "out")
	if err := os.Chmod(above, 0o755); err != nil { // for others to go through; t.TempDir's are not
		t.Fatal(err)
	}
	mustSave(t, open(t, dir), first)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	cmd := saver(dir)
	cmd.Env = append(cmd.Env, onceSaver+"=1")
	if os.Geteuid() == 0 { // who may write everywhere
		exe, err := os.Open("/proc/self/exe")
		if err != nil {
			t.Fatal(err)
		}
		defer exe.Close() // it is only run
		cmd.Path, cmd.ExtraFiles = "/proc/self/fd/3", []*os.File{exe}
		for name := range holds(t, dir) {
			give(t, stranger, 0, filepath.Join(dir, name))
		}
		give(t, stranger, 0, filepath.Join(dir, listFile))
		give(t, stranger, 0o555, dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: stranger, Gid: stranger}}
	}
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "permission denied") || !strings.Contains(string(out), dir) {
		t.Errorf("%v: %s", err, out)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	same(t, dir, first)
}
