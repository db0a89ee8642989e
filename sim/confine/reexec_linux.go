package confine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// Reexec runs this program again with the same arguments, as an unprivileged user with
// capabilities over a new user namespace, and returns its exit code. In that namespace
// the process can create network namespaces and configure them as root would; it has no
// rights outside.
//
// The second process dies with the first. The error wraps [ErrPrivilege] if the machine
// does not allow user namespaces.
func Reexec(s Second) (exitCode int, err error) {
	if Confined() {
		return 0, fmt.Errorf("the user namespace grants no rights: %w", ErrPrivilege)
	}
	attr := &syscall.SysProcAttr{}
	whom().namespace(attr)
	code, err := s.run(attr)
	switch {
	case err == nil:
		return code, nil
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES), errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EUSERS), errors.Is(err, unix.EINVAL):
		return 0, fmt.Errorf("new user namespace: %w: %w", ErrPrivilege, err)
	}
	return 0, fmt.Errorf("new user namespace: %w", err)
}

// Demotable reports whether this process is root and can become another user.
func Demotable() bool { return os.Geteuid() == 0 && whom().changeable }

// Demote runs this program again as an unprivileged user without capabilities, and
// returns its exit code.
func Demote(s Second) (exitCode int, err error) {
	attr := &syscall.SysProcAttr{}
	whom().demoted(attr)
	code, err := s.run(attr)
	if err != nil {
		return 0, fmt.Errorf("give up root's rights: %w", err)
	}
	return code, nil
}

// run starts the second process and waits for it to end.
func (s Second) run(attr *syscall.SysProcAttr) (exitCode int, err error) {
	runtime.LockOSThread() // the parent-death signal is tied to this thread
	defer runtime.UnlockOSThread()
	attr.Pdeathsig = syscall.SIGKILL
	channel, answered, err := s.answer()
	if err != nil {
		return 0, err
	}
	manifest, err := s.manifest()
	if err != nil {
		return 0, errors.Join(err, channel.Close())
	}
	defer answered() // handlers use files that the caller closes next
	files := append([]*os.File{channel, manifest}, s.Files...)
	// Stop signals are left to the second process.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	var cmd *exec.Cmd
	if s.Begin != nil {
		err = s.Begin()
	}
	if err == nil {
		cmd, err = start(attr, files)
	}
	for _, f := range files {
		_ = f.Close() // the second process has it now
	}
	if err != nil {
		return 0, err
	}
	return supervise(cmd, signals)
}

// start starts this program again. If only root may execute its file, it starts a copy.
func start(attr *syscall.SysProcAttr, files []*os.File) (*exec.Cmd, error) {
	begin := func(path string) (*exec.Cmd, error) {
		cmd := exec.Command(path, os.Args[1:]...)
		cmd.Args[0] = os.Args[0]
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
		cmd.ExtraFiles = files
		cmd.SysProcAttr = attr
		return cmd, cmd.Start()
	}
	cmd, err := begin(self)
	if !errors.Is(err, unix.EACCES) {
		return cmd, err
	}
	text, unread := os.ReadFile(self)
	if unread != nil {
		return nil, err
	}
	copied, err := memory("tracer", text)
	if err != nil {
		return nil, err
	}
	defer copied.Close() // only read from
	if err := copied.Chmod(0o755); err != nil {
		return nil, err
	}
	return begin(fmt.Sprintf("/proc/self/fd/%d", copied.Fd()))
}

// self is this program's file.
const self = "/proc/self/exe"

// supervise forwards signals until the process has ended.
func supervise(cmd *exec.Cmd, signals <-chan os.Signal) (exitCode int, err error) {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			_ = cmd.Process.Signal(s) // it may have ended just now
		case err := <-ended:
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				return 0, err
			}
			if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return cmd.ProcessState.ExitCode(), nil
		}
	}
}
