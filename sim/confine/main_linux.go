package confine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"

	"golang.org/x/sys/unix"
)

// notPrepared is the exit code of a process that failed to become the program.
const notPrepared = 125

// becoming reports whether this process was started to become a program.
func becoming() bool {
	return len(os.Args) == 1 && os.Args[0] == stageName && os.Getpid() == 1
}

// The parent-death signal belongs to the process's first thread; others do not inherit it, and
// the thread that executes the program keeps its own. A goroutine locked during initialization
// stays on the first thread, whereas main can be moved, which leaves behind a program that
// outlives tracer. Capabilities and filters belong to a thread, too.
func init() {
	if becoming() {
		runtime.LockOSThread()
	}
}

// Main must be called first in main by every binary that runs programs. If this process
// was started to become a program, Main executes it and does not return.
func Main() {
	if !becoming() {
		return
	}
	err := become()
	_, _ = fmt.Fprintln(os.NewFile(2, "standard error"), err) // there is nowhere else to report it
	os.Exit(notPrepared)
}

// become drops all rights that the program does not need and executes it.
func become() error {
	told := os.NewFile(stageFD, "stage")
	text, err := io.ReadAll(told)
	if err != nil {
		return err
	}
	var s stage
	if err := json.Unmarshal(text, &s); err != nil {
		return err
	}
	if s.Hostname != "" {
		if err := unix.Sethostname([]byte(s.Hostname)); err != nil {
			return fmt.Errorf("host name: %w", err)
		}
	}
	if err := preferred(); err != nil { // before /proc is read-only
		return fmt.Errorf("prefer to be killed when memory is short: %w", err)
	}
	if err := s.fileSystem(); err != nil {
		return err
	}
	path, err := lookUp(s.Command[0])
	if err != nil {
		return err
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"limits", s.limits}, {"capabilities", dropCapabilities},
		{"no new privileges", func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }},
		{"seccomp filter", filter}, {"descriptors", closeDescriptors},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return fmt.Errorf("execute %s: %w", s.Command[0], unix.Exec(path, s.Command, environment))
}

// lookUp finds a program by name, or by a path relative to its directory.
func lookUp(name string) (string, error) {
	if err := os.Setenv("PATH", searchPath); err != nil {
		return "", err
	}
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrDot) {
		err = nil // the scenario asked for it
	}
	return path, err
}

// closeDescriptors marks all descriptors but the standard ones close-on-exec.
func closeDescriptors() error {
	return unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
}
