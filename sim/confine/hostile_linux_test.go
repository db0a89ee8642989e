package confine

import (
	"fmt"
	"maps"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// hostile, as the first argument, makes this binary a program that tries to do harm.
const hostile = "try"

// abstractName and socketInTmp are names of sockets that the test listens on.
const (
	abstractName = "tracer-test-abstract"
	socketInTmp  = "/tmp/tracer-test-socket"
)

// allAttempts makes all attempts that are not bombs.
const allAttempts = "all"

// tryIt is the program: it reports the result of an attempt.
func tryIt(name string) int {
	signal.Ignore(syscall.SIGTERM)
	tell := func(name string, err error) {
		if err == nil {
			fmt.Printf("WORKED: %s\n", name)
			return
		}
		fmt.Printf("refused: %s: %v\n", name, err)
	}
	if name != allAttempts {
		tell(name, bombs[name]())
		return 0
	}
	for _, name := range slices.Sorted(maps.Keys(attempts)) {
		tell(name, attempts[name]())
	}
	return 0
}

// TestHostile makes every attempt, both as root and as a plain user. All must fail, and
// the machine must be unchanged.
func TestHostile(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir, which other users may not enter.
	parent, err := os.MkdirTemp("", "tracer-hostile-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(parent) })
	dir := filepath.Join(parent, "lesson")
	for _, err := range []error{
		os.Chmod(parent, 0o755), os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "hostile"), self, 0o755),
		os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0),
		os.Symlink("/root", filepath.Join(dir, "link")), unix.Mkfifo(filepath.Join(dir, "pipe"), 0o666),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{filepath.Join(dir, "socket"), socketInTmp, "@" + abstractName} {
		l, err := net.Listen("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		if !strings.HasPrefix(name, "@") {
			if err := os.Chmod(name, 0o777); err != nil {
				t.Fatal(err)
			}
		}
	}
	const somebody = 12345
	users := map[string]*syscall.SysProcAttr{"as we are": nil}
	if os.Geteuid() == 0 {
		users["as a plain user"] = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: somebody, Gid: somebody}}
	}
	for user, attr := range users {
		t.Run(user+", without pivot_root", func(t *testing.T) {
			t.Setenv(noPivot, "1")
			out := program(t, dir, attr, "./hostile", hostile, allAttempts)
			if n := strings.Count(out, "refused: "); n != len(attempts) || strings.Contains(out, "WORKED") {
				t.Errorf("%d of %d attempts were refused:\n%s", n, len(attempts), out)
			}
		})
		t.Run(user, func(t *testing.T) {
			before := machine(t)
			out := program(t, dir, attr, "./hostile", hostile, allAttempts)
			if n := strings.Count(out, "refused: "); n != len(attempts) || strings.Contains(out, "WORKED") {
				t.Errorf("%d of %d attempts were refused:\n%s", n, len(attempts), out)
			}
			for name := range bombs {
				if name == memoryBombOfOne {
					continue
				}
				out := program(t, dir, attr, "./hostile", hostile, name)
				if strings.Contains(out, "WORKED") || !strings.Contains(out, "refused: ") && !strings.Contains(out, "was killed") {
					t.Errorf("%s: %s", name, out)
				}
			}
			if after := machine(t); after != before {
				t.Errorf("the machine has changed: %s\nbefore: %s", after, before)
			}
		})
	}
}

// machine describes the parts of the machine that an attempt could have changed.
func machine(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, path := range []string{
		"/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/netfilter/nf_hooks_lwtunnel",
		"/proc/sys/kernel/hostname", "/proc/self/oom_score_adj", "/proc/self/mounts",
	} {
		text, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s: %s %v\n", path, text, err)
	}
	for _, path := range []string{"/", "/etc", "/usr", "/dev", "/tmp", "/root", "/home"} {
		_, err := os.Lstat(path + "/tracer-was-here")
		fmt.Fprintf(&b, "%s: %v\n", path, err == nil)
	}
	return b.String()
}
