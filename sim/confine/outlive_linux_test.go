package confine

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// leave starts a program that runs for a minute and shares its standard output. When its
// standard input ends, it returns without stopping the program, as if it had been killed.
func leave() int {
	ns, err := netns.New()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	p := Program{Command: []string{"sh", "-c", "echo runs; sleep 60"}, Output: os.Stdout}
	if err := ns.Do(func() error { _, err := p.Start(); return err }); err != nil {
		fmt.Println(err)
		return 1
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // an error ends it, too
	return 0
}

// moveMain moves the calling goroutine away from the process's first thread if it can be moved.
// The Go scheduler may do so at any time on a busy machine.
func moveMain() {
	for range 20 {
		held := make(chan bool)
		go func() {
			runtime.LockOSThread() // and end with the goroutine, unless it is the first thread
			held <- unix.Gettid() == os.Getpid()
			select {}
		}()
		if <-held {
			return
		}
	}
}

// TestOutlive: a program ends with the process that started it, whichever thread the Go
// scheduler would have executed it on.
func TestOutlive(t *testing.T) {
	cmd := exec.Command("/proc/self/exe")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), role+"=leave")
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(output)
	if line, err := lines.ReadString('\n'); err != nil || line != "runs\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, lines)
		closed <- err
	}()
	select {
	case err := <-closed:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the program outlived the process that started it")
	}
	if err := cmd.Process.Kill(); err == nil {
		_ = cmd.Wait() // its output is read
	}
}
