package permit

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// asFiltered makes the test binary call Look under a seccomp filter.
const asFiltered = "TRACER_TEST_FILTERED"

func TestMain(m *testing.M) {
	if os.Getenv(asFiltered) != "" {
		runtime.LockOSThread()
		if err := forbidUserNamespaces(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		e := Look()
		fmt.Print(e.Explain(e.UserNamespaces()))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Under a filter like those of container engines, Look identifies the filter.
func TestFilter(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), asFiltered+"=1")
	out, err := cmd.CombinedOutput()
	if want := "a seccomp filter forbids user namespaces"; err != nil || string(out) != want {
		t.Errorf("%v, %q, want %q", err, out, want)
	}
}

// forbidUserNamespaces makes unshare, and clone with CLONE_NEWUSER, fail with EPERM in
// all threads.
func forbidUserNamespaces() error {
	const (
		number, flags = 0, 16 // in struct seccomp_data; the low half of the first argument
		no            = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	)
	load, equal, anyOf, done := uint16(unix.BPF_LD|unix.BPF_W|unix.BPF_ABS), uint16(unix.BPF_JMP|unix.BPF_JEQ|unix.BPF_K), uint16(unix.BPF_JMP|unix.BPF_JSET|unix.BPF_K), uint16(unix.BPF_RET|unix.BPF_K)
	program := []unix.SockFilter{
		{Code: load, K: number},
		{Code: equal, K: unix.SYS_UNSHARE, Jt: 4},
		{Code: equal, K: unix.SYS_CLONE, Jf: 2},
		{Code: load, K: flags},
		{Code: anyOf, K: unix.CLONE_NEWUSER, Jt: 1},
		{Code: done, K: unix.SECCOMP_RET_ALLOW},
		{Code: done, K: no},
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return errno
	}
	return nil
}

// Look leaves no process behind, and returns the same result twice.
func TestLookTwice(t *testing.T) {
	first, second := Look(), Look()
	if first != second || !first.Proc {
		t.Errorf("%+v, then %+v", first, second)
	}
	if _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("there is a child: %v", err)
	}
}
