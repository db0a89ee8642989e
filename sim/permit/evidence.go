package permit

import "syscall"

// Evidence is what can be observed about this process's rights.
type Evidence struct {
	Container Container

	SysAdmin bool // the process has CAP_SYS_ADMIN in its user namespace
	Proc     bool // /proc is mounted

	// NewUser is the result of requesting a user namespace: 0 means success.
	NewUser syscall.Errno
	// Invalid is the result of requesting a user namespace with an undefined flag. The
	// kernel returns EINVAL; any other error comes from a filter.
	Invalid syscall.Errno
	// Filtered reports whether a seccomp filter is in force, whatever it allows.
	Filtered bool

	MaxUserNamespaces  string // user.max_user_namespaces
	Clone              string // kernel.unprivileged_userns_clone; empty: not Debian's kernel
	AppArmorRestricted string // kernel.apparmor_restrict_unprivileged_userns; empty: not Ubuntu's
	AppArmorLabel      string // "unconfined", "docker-default (enforce)"; empty: no AppArmor

	// Sysctls is the result of opening a parameter in /proc/sys/net for writing: 0 means
	// success. It is meaningful only if the process is root, or has CAP_NET_ADMIN over
	// its network namespace.
	Sysctls syscall.Errno
}

// Container is the kind of container that a process runs in.
type Container uint8

// The kinds of containers, each with its own remedies.
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
