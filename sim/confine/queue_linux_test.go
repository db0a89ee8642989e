package confine

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// child runs this test binary in a role, with the given attributes.
func child(t testing.TB, name string, attr *syscall.SysProcAttr, env ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Dir = "/"
	cmd.Env = append(append(os.Environ(), role+"="+name), env...)
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// enteredQueue requests long queues and prints the resulting lengths in MiB.
func enteredQueue() int {
	for _, size := range []int{8 << 20, 32 << 20, 1 << 30} {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err == nil {
			err = SetReceiveQueue(fd, size)
		}
		var n int
		if err == nil {
			n, err = unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
		}
		if err != nil {
			fmt.Println(err)
			return 1
		}
		fmt.Print(n>>20, " ")
	}
	return 0
}

// If root is the first process, the second gets long queues, up to a limit. The kernel
// doubles the requested length.
func TestSetReceiveQueue(t *testing.T) {
	if m := ownMap("uid_map"); os.Geteuid() != 0 || len(m) != 1 || m[0].size != 1<<32-1 {
		t.Skip("only root may have longer queues than net.core.rmem_max")
	}
	if out, err := child(t, "queue", nil); err != nil || out != "16 64 128 " {
		t.Errorf("queues of %q MiB, %v", out, err)
	}
}
