package permit

import (
	"fmt"
	"strings"
	"syscall"
)

// Obstacle is a reason why the kernel denies a process something.
type Obstacle uint8

// The obstacles.
const (
	None           Obstacle = iota
	NoProc                  // /proc is not mounted
	Filter                  // a seccomp filter
	Limit                   // user.max_user_namespaces is 0
	EnclosingLimit          // the limit of this or an enclosing user namespace is reached
	Switch                  // kernel.unprivileged_userns_clone is 0
	AppArmor                // kernel.apparmor_restrict_unprivileged_userns is 1
	Unknown                 // not a known obstacle
	ReadOnly                // /proc/sys is mounted read-only
	Profile                 // an AppArmor profile denies writes to /proc/sys
)

// UserNamespaces returns what prevents this process from creating a user namespace with
// capabilities.
func (e *Evidence) UserNamespaces() Obstacle {
	switch {
	case !e.Proc:
		return NoProc
	case e.NewUser == 0:
		// Ubuntu's AppArmor can grant an unconfined process the namespace, but no
		// capabilities in it.
		if e.AppArmorRestricted == "1" && !e.SysAdmin && strings.HasPrefix(e.AppArmorLabel, "unconfined") {
			return AppArmor
		}
		return None
	case e.Invalid != syscall.EINVAL:
		return Filter
	case e.NewUser == syscall.ENOSPC, e.NewUser == syscall.EUSERS:
		if e.MaxUserNamespaces == "0" {
			return Limit
		}
		return EnclosingLimit
	case e.Clone == "0" && !e.SysAdmin:
		return Switch
	case e.AppArmorRestricted == "1" && !e.SysAdmin:
		return AppArmor
	case e.Filtered && e.NewUser == syscall.EPERM:
		return Filter // a filter that checks the flags
	}
	return Unknown
}

// Parameters returns what prevents this process from writing kernel parameters.
func (e *Evidence) Parameters() Obstacle {
	switch {
	case e.Sysctls == 0:
		return None
	case !e.Proc:
		return NoProc
	case e.Sysctls == syscall.EROFS:
		return ReadOnly
	case e.Sysctls == syscall.EACCES && e.confined():
		return Profile
	}
	return Unknown
}

// confined reports whether an AppArmor profile is in force.
func (e *Evidence) confined() bool {
	return e.AppArmorLabel != "" && !strings.HasPrefix(e.AppArmorLabel, "unconfined")
}

// Explain describes an obstacle in one phrase.
func (e *Evidence) Explain(o Obstacle) string {
	switch o {
	case NoProc:
		return "/proc is not mounted"
	case Filter:
		return "a seccomp filter forbids user namespaces"
	case Limit:
		return "user.max_user_namespaces=0"
	case EnclosingLimit:
		return "the limit on user namespaces (user.max_user_namespaces) is reached, here or in an enclosing namespace"
	case Switch:
		return "kernel.unprivileged_userns_clone=0"
	case AppArmor:
		return "kernel.apparmor_restrict_unprivileged_userns=1"
	case ReadOnly:
		return "/proc/sys is read-only"
	case Profile:
		return fmt.Sprintf("the AppArmor profile %s forbids writing to /proc/sys", e.AppArmorLabel)
	case Unknown:
		if e.NewUser != 0 {
			return "new user namespace: " + e.NewUser.Error()
		}
		return "write to /proc/sys: " + e.Sysctls.Error()
	}
	return ""
}

// DeniedError reports an obstacle to building a lab.
type DeniedError struct {
	Evidence Evidence
	Obstacle Obstacle
	Err      error // the underlying error, for errors.Is; may be nil
}

// Error describes the obstacle.
func (e *DeniedError) Error() string { return e.Evidence.Explain(e.Obstacle) }

// Unwrap returns Err.
func (e *DeniedError) Unwrap() error { return e.Err }

// Remedy returns what removes the obstacle, for a command line.
func (e *DeniedError) Remedy(args []string) Remedy { return e.Evidence.Remedy(e.Obstacle, args) }
