// Package permit determines what prevents this process from building labs, and how to
// remove the obstacle.
//
// To create network namespaces, a process needs CAP_SYS_ADMIN, as root or in a user
// namespace of its own. Many obstacles produce the same terse error, "operation not
// permitted", so this package makes calls whose results tell them apart:
//
//	                   a process requests a user namespace
//	                                   │
//	seccomp filter  ───────────────────┤ also refuses calls that the kernel finds invalid
//	limit           ───────────────────┤ ENOSPC: user.max_user_namespaces
//	Debian's switch ───────────────────┤ EPERM: kernel.unprivileged_userns_clone
//	AppArmor        ───────────────────┤ EACCES, or a namespace without capabilities
//	                                   ▼
//	                           a user namespace
//
// [Look] gathers an [Evidence], which is plain data. Its methods are pure functions:
// they identify the [Obstacle], and the command or option that removes it where the
// process runs (Docker, Podman, a pod, or directly on the machine).
//
// A read-only /proc/sys, as in containers, is an obstacle too, but labs can work around
// it (see package sim).
package permit
