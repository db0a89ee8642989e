package permit

import "syscall"

// Evidence is what can be observed of what this process may do.
type Evidence struct {
	Container Container

	SysAdmin bool // the process has CAP_SYS_ADMIN in its user namespace
	Proc     bool // /proc is mounted

	// NewUser is what the kernel said to a request for a user namespace: 0 is yes.
	NewUser syscall.Errno
	// Invalid is what was said to a request for a user namespace with a flag that does
	// not exist. The kernel says EINVAL; anything else was said by a filter.
	Invalid syscall.Errno
	// Filtered means that a seccomp filter is in force, whatever it lets through.
	Filtered bool

	MaxUserNamespaces  string // user.max_user_namespaces
	Clone              string // kernel.unprivileged_userns_clone; empty: not Debian's kernel
	AppArmorRestricted string // kernel.apparmor_restrict_unprivileged_userns; empty: not Ubuntu's
	AppArmorLabel      string // "unconfined", "docker-default (enforce)"; empty: no AppArmor

	// Sysctls is what was said to a request to write a parameter of /proc/sys/net: 0 is
	// yes. It means something where root asked, or the root of a user namespace in a
	// network namespace of its own.
	Sysctls syscall.Errno
}

// Container is what a process runs in.
type Container uint8

// The containers that have a command of their own.
const (
	NoContainer Container = iota
	Docker
	Podman
	Pod // of Kubernetes
)

// String returns "", "Docker", "Podman" or "Kubernetes".
func (c Container) String() string {
	switch c {
	case Docker:
		return "Docker"
	case Podman:
		return "Podman"
	case Pod:
		return "Kubernetes"
	}
	return ""
}
