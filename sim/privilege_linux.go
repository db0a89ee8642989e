package sim

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// inside marks the environment of a process that [Enter] started.
const inside = "TRACER_IN_USER_NAMESPACE"

// Privileged reports whether this process may build labs itself: it has
// CAP_SYS_ADMIN and CAP_NET_ADMIN over the user namespace it is in.
func Privileged() bool {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&hdr, &caps[0]); err != nil {
		return false
	}
	const need = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_NET_ADMIN
	return caps[0].Effective&need == need
}

// Confined reports whether this is a process that [Enter] started.
func Confined() bool { return os.Getenv(inside) != "" }

// Enter runs this program again, with the same arguments and files, in a user
// namespace where the current user is root, and returns its exit code. That is
// how a plain user builds a lab: in such a namespace one may make network
// namespaces and do in them what root does, and nothing outside. Root does so, too,
// and has no rights over the machine while there are packets to be looked at; its
// files can be given to the user who ran sudo.
//
// The second process dies with the first. input is for it, from [Input]. The error
// wraps [ErrPrivilege] when the machine does not allow user namespaces; [Hint] says
// how to mend that.
func Enter(input []byte) (exitCode int, err error) {
	if os.Getenv(inside) != "" {
		return 0, fmt.Errorf("the user namespace grants no rights: %w", ErrPrivilege)
	}
	if err := needProc(); err != nil {
		return 0, err
	}
	runtime.LockOSThread() // the parent-death signal is tied to this thread
	defer runtime.UnlockOSThread()
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Args[0] = os.Args[0]
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: mapped(os.Geteuid(), "SUDO_UID"),
		GidMappings: mapped(os.Getegid(), "SUDO_GID"),
		Pdeathsig:   syscall.SIGKILL,
	}
	pass := func(f *os.File, name string) {
		const first = 3 // behind standard error
		cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%d", name, first+len(cmd.ExtraFiles)))
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	if Privileged() {
		ours, err := answerer()
		if err != nil {
			return 0, err
		}
		pass(ours, asker)
	}
	if input != nil {
		f, err := memory(input)
		if err != nil {
			return 0, err
		}
		pass(f, given)
	}
	// Signals that ask to stop are the second process's to obey.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	err = cmd.Start()
	for _, f := range cmd.ExtraFiles {
		_ = f.Close() // the second process has it now
	}
	if err != nil {
		if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EUSERS) || errors.Is(err, unix.EINVAL) {
			return 0, fmt.Errorf("new user namespace: %w: %w", ErrPrivilege, err)
		}
		return 0, fmt.Errorf("new user namespace: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			cmd.Process.Signal(s)
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

// mapped maps the current user or group to root, and for root also the one that
// sudo was run by to itself.
func mapped(id int, sudo string) []syscall.SysProcIDMap {
	list := []syscall.SysProcIDMap{{ContainerID: 0, HostID: id, Size: 1}}
	if by, err := strconv.Atoi(os.Getenv(sudo)); err == nil && id == 0 && by > 0 {
		list = append(list, syscall.SysProcIDMap{ContainerID: by, HostID: by, Size: 1})
	}
	return list
}

// Forbidden returns how this machine forbids plain users to have user namespaces,
// by the switches that distributions have for that: the one that says so, and the
// command that turns it. Both are empty where none does.
func Forbidden() (by, command string) {
	for _, s := range []struct{ key, bad, good string }{
		{"user.max_user_namespaces", "0", "10000"},
		{"kernel.unprivileged_userns_clone", "0", "1"},             // Debian
		{"kernel.apparmor_restrict_unprivileged_userns", "1", "0"}, // Ubuntu
	} {
		b, err := os.ReadFile(sysctlPath(s.key))
		if err == nil && strings.TrimSpace(string(b)) == s.bad {
			return s.key + "=" + s.bad, fmt.Sprintf("sudo sysctl %s=%s", s.key, s.good)
		}
	}
	return "", ""
}

// Hint returns the one command that would let this user build labs.
func Hint() string {
	if needProc() != nil {
		return mountProc
	}
	if _, command := Forbidden(); command != "" {
		return command
	}
	return "sudo " + strings.Join(os.Args, " ")
}

// System names the operating system and its release: "Linux 6.18.0".
func System() string { return "Linux " + kernelRelease() }
