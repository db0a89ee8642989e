package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// unprivileged reports whether this process has no privileges to give up, so that a test can
// run commands in it, which is fast. Otherwise it runs the test again as an unprivileged
// user, and the caller must return.
func unprivileged(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() != 0 {
		return true
	}
	name, _, _ := strings.Cut(t.Name(), "/")
	const nobody = 65534
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+name+"$", "-test.v")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	cmd.Env = append(os.Environ(), "TMPDIR=/tmp")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("as a plain user: %v\n%s", err, out)
	}
	return false
}
