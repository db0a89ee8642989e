// Package permit finds out what keeps this process from building labs, and what to
// do about it.
//
// To make network namespaces, a process must be root, or the root of a user namespace
// of its own. Many things can be in the way of that, and each gives the same short
// answer, "operation not permitted". So the kernel is asked in ways that tell them
// apart:
//
//	                  a process that asks for a user namespace
//	                                   │
//	seccomp filter  ───────────────────┤ also says no to what the kernel finds invalid
//	limit           ───────────────────┤ ENOSPC: user.max_user_namespaces
//	Debian's switch ───────────────────┤ EPERM: kernel.unprivileged_userns_clone
//	AppArmor        ───────────────────┤ EACCES, or a namespace without capabilities
//	                                   ▼
//	                           a user namespace
//
// [Look] gathers an [Evidence], which is plain data. Its methods find the [Obstacle],
// and for where the process runs (Docker, Podman, a pod, a machine of its own) the
// command or option that takes it away. They are pure functions.
//
// The second thing that labs want is a writable /proc/sys: containers have it
// read-only. That is an obstacle, too, but labs do without (see package sim).
package permit
