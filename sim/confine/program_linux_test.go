package confine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// runProgram runs the program in TRACER_TEST_PROGRAM, in a network namespace of its own.
// It prints the program's output and how it ended.
func runProgram() int {
	var p Program
	if err := json.Unmarshal([]byte(os.Getenv("TRACER_TEST_PROGRAM")), &p); err != nil {
		fmt.Println(err)
		return 1
	}
	ns, err := netns.New()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer ns.Close()
	var out bytes.Buffer
	p.Output = &out
	var r *Running
	err = ns.Do(func() (err error) {
		if os.Getenv(noPivot) != "" {
			if err := refusePivot(); err != nil {
				return err
			}
		}
		r, err = p.Start()
		return err
	})
	if err != nil {
		fmt.Println("start:", err)
		return 1
	}
	select {
	case <-r.Exited():
	case <-time.After(20 * time.Second):
		fmt.Println(r.Stop(), "did not end")
	}
	fmt.Printf("%s%s\n", out.String(), r.State())
	return 0
}

// noPivot is an environment variable that starts programs where pivot_root is refused.
const noPivot = "TRACER_TEST_NO_PIVOT"

// refusePivot makes the kernel refuse pivot_root to this thread and its children, as
// Docker's seccomp profile does.
func refusePivot() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	return install([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 0, Size: 4}, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_PIVOT_ROOT, SkipTrue: 1},
		bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)}, bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW},
	})
}

// program runs a command as a scenario's program. attr applies to the first process.
func program(t testing.TB, directory string, attr *syscall.SysProcAttr, command ...string) string {
	t.Helper()
	text, err := json.Marshal(Program{Command: command, Directory: directory, Hostname: "web"})
	if err != nil {
		t.Fatal(err)
	}
	out, err := child(t, "program", attr, "TRACER_TEST_PROGRAM="+string(text), "TRACER_TEST_DIRECTORY="+directory, "SECRET=from the environment")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return out
}

// A lesson's program finds what it needs.
func TestProgram(t *testing.T) {
	dir := t.TempDir()
	for _, err := range []error{
		os.WriteFile(filepath.Join(dir, "app.sh"), []byte("cat /app/data; cat part/more; echo x >/tmp/x && cat /tmp/x"), 0o644),
		os.WriteFile(filepath.Join(dir, "data"), []byte("data "), 0o644),
		os.Mkdir(filepath.Join(dir, "part"), 0o755), os.WriteFile(filepath.Join(dir, "part", "more"), []byte("more "), 0o644),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		directory string
		command   []string
		want      string
	}{
		{dir, []string{"sh", "app.sh"}, "data more x\nexit status 0\n"},
		{"", []string{"sh", "-c", "hostname; pwd; echo $HOME $PATH; echo $$"}, "web\n/\n/tmp " + searchPath + "\n1\nexit status 0\n"},
		{"", []string{"cat", "/proc/sys/kernel/hostname"}, "web\nexit status 0\n"},
		{"", []string{"sh", "-c", "cat /etc/hosts /etc/resolv.conf; [ -e /hosts ] || echo end"}, "localhost\n127.0.1.1\tweb\nend\nexit status 0\n"},
		{"", []string{"no-such-program"}, "executable file not found in $PATH\nexit status 125\n"},
		{dir, []string{"./app.sh"}, "permission denied\nexit status 125\n"},
		{"", []string{"sh", "-c", "exit 3"}, "exit status 3\n"},
	} {
		if out := program(t, c.directory, nil, c.command...); !strings.HasSuffix(out, c.want) {
			t.Errorf("%q: %q, want %q", c.command, out, c.want)
		}
	}
}
