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

// notPrepared is the exit code of a process that could not become the program.
const notPrepared = 125

// Main must be the first thing that main calls, in every binary that runs programs.
// Where this process is to become a program it does that, and does not return.
func Main() {
	if len(os.Args) != 1 || os.Args[0] != stageName || os.Getpid() != 1 {
		return
	}
	// Capabilities and limits are the thread's, and the program goes on with those of
	// the thread that executes it.
	runtime.LockOSThread()
	err := become()
	_, _ = fmt.Fprintln(os.NewFile(2, "standard error"), err) // there is nobody else to tell
	os.Exit(notPrepared)
}

// become takes every right away that a program has no use for, and becomes it.
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
	if err := preferred(); err != nil { // /proc is read-only then
		return fmt.Errorf("first to be killed when memory is short: %w", err)
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

// lookUp finds a program by its name, or by a path from its directory.
func lookUp(name string) (string, error) {
	if err := os.Setenv("PATH", searchPath); err != nil {
		return "", err
	}
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrDot) {
		err = nil // it was asked for
	}
	return path, err
}

// closeDescriptors leaves the standard ones.
func closeDescriptors() error {
	return unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC)
}
