package permit

import (
	"errors"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Look gathers the evidence. It changes nothing, and leaves nothing behind.
func Look() Evidence {
	e := Evidence{
		Container: container(), SysAdmin: sysAdmin(), Proc: exists("/proc/self"),
		Invalid:            errno(unix.Unshare(unix.CLONE_NEWUSER | notAFlag)),
		Filtered:           filtered(),
		MaxUserNamespaces:  read("/proc/sys/user/max_user_namespaces"),
		Clone:              read("/proc/sys/kernel/unprivileged_userns_clone"),
		AppArmorRestricted: read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
		AppArmorLabel:      read("/proc/self/attr/apparmor/current"),
	}
	e.NewUser = newUser()
	f, err := os.OpenFile("/proc/sys/net/ipv4/ip_forward", os.O_WRONLY, 0)
	if e.Sysctls = errno(err); err == nil {
		_ = f.Close() // nothing was written
	}
	return e
}

// notAFlag is a bit that unshare(2) has no meaning for, so that the kernel refuses
// before it does anything.
const notAFlag = 1

// newUser asks for a user namespace with a process that does not come to life: the
// program that it is to run does not exist. That this is the complaint means that the
// rest was granted.
func newUser() syscall.Errno {
	_, err := syscall.ForkExec("", nil, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}})
	if errors.Is(err, syscall.ENOENT) {
		return 0
	}
	return errno(err)
}

// errno is the kernel's answer in an error: EIO where that has none.
func errno(err error) syscall.Errno {
	var e syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e
	}
	return syscall.EIO
}

func sysAdmin() bool {
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	return unix.Capget(&hdr, &caps[0]) == nil && caps[0].Effective&(1<<unix.CAP_SYS_ADMIN) != 0
}

// filtered asks for the mode of seccomp (PR_GET_SECCOMP): under a filter that does not
// let prctl through, the answer is an error.
func filtered() bool {
	mode, err := unix.PrctlRetInt(unix.PR_GET_SECCOMP, 0, 0, 0, 0)
	return err != nil || mode == 2
}

// container tells by the files that engines put into their containers. A virtual
// machine's disk that was once an image has Docker's, too, but no mount at /etc/hosts.
func container() Container {
	switch {
	case os.Getenv("KUBERNETES_SERVICE_HOST") != "", exists("/var/run/secrets/kubernetes.io"):
		return Pod
	case exists("/run/.containerenv"):
		return Podman
	case exists("/.dockerenv") && strings.Contains(read("/proc/self/mountinfo"), " /etc/hosts "):
		return Docker
	}
	return NoContainer
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// read returns a file's text, without white space around it: empty if there is none.
func read(path string) string {
	b, _ := os.ReadFile(path)
	return strings.TrimRight(string(b), "\n\x00 ")
}
