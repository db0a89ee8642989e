// Package confine limits the rights of each of tracer's processes.
//
// No process that reads a stranger's file, builds a lab or runs a scenario's program has
// rights over the machine. There are up to three processes:
//
//	first process            second process                 program of a scenario
//	the user who typed   ──▶ an unprivileged user,      ──▶ the same user, with
//	the command              with capabilities over a       CAP_NET_ADMIN, CAP_NET_RAW and
//	                         user namespace of its own      CAP_NET_BIND_SERVICE over the lab,
//	opens files              builds the lab, decodes,       a file system of its own,
//	answers requests   ◀──── shows; sends requests for      a seccomp filter, and limits
//	                    ────▶ what it may not do
//
// [Reexec] starts the second process in a user namespace; [Demote] starts it without
// one, for work that needs no namespace. If root runs tracer, the unprivileged user is
// the one who ran sudo, or nobody; a plain user stays the same. [Handed] holds the files
// that the first process opened for the second. The second process sends requests with
// [Ask], and the first process's [Handlers] answer them.
//
// [Program] runs a scenario's program. The binary re-executes itself to set up the
// sandbox, so every binary that runs programs must call [Main] first.
//
// A process recognizes its role from its user and group maps, its capabilities and the
// descriptors inherited from its parent, never from an environment variable. (SUDO_UID
// and SUDO_GID only choose the unprivileged user.) See docs/decisions/confinement.md.
package confine
