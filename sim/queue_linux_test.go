package sim_test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"tracer/sim"
)

// enteredQueue enters a user namespace, asks for long queues there, and returns how
// long they are.
func enteredQueue() (string, error) {
	if !sim.Confined() {
		code, err := sim.Enter(nil)
		if err == nil {
			os.Exit(code)
		}
		return "", err
	}
	var got []string
	for _, size := range []int{8 << 20, 32 << 20, 1 << 30} {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return "", err
		}
		defer unix.Close(fd)
		if err := sim.SetReceiveQueue(fd, size); err != nil {
			return "", err
		}
		n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF)
		if err != nil {
			return "", err
		}
		got = append(got, fmt.Sprint(n>>20))
	}
	return strings.Join(got, " "), nil
}

// Root has long queues in its user namespace, too, up to a limit. The kernel doubles
// what it is asked for.
func TestSetReceiveQueue(t *testing.T) {
	mapping, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(strings.Fields(string(mapping)), " ") != "0 0 4294967295" {
		t.Skip("only root may have longer queues than net.core.rmem_max")
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), asServer+"=queue")
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "16 64 128 <nil>\n" {
		t.Errorf("queues of %q MiB, %v", out, err)
	}
}
