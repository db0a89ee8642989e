// Package confine decides which rights each of tracer's processes has.
//
// Whatever reads a stranger's file, builds a lab or runs a program works in a
// process that has no rights over the machine. There are up to three:
//
//	first process            second process                 program of a scenario
//	the user who typed   ──▶ an unprivileged user,      ──▶ the same user, with
//	the command              all capabilities over a        CAP_NET_ADMIN, CAP_NET_RAW and
//	                         user namespace of its own      CAP_NET_BIND_SERVICE over the lab,
//	opens files              builds the lab, decodes,       a file system of its own,
//	answers requests  ◀──── shows; asks for what            a seccomp filter, and limits
//	                    ────▶ it may not do itself
//
// [Enter] starts the second process in a user namespace; [Demote] starts it without
// one, for work that needs no namespace. For root the unprivileged user is the one
// who ran sudo, or else nobody; a plain user stays who he is. What the first process
// opened for the second is in [Handed]; what the second needs done, it asks for with
// [Ask], and the first process answers with its [Handlers].
//
// [Program] runs a scenario's program. It is started through this binary once more,
// so every binary that runs programs must call [Main] first.
//
// No environment variable takes part in any of this: a process knows what it is from
// its user and group maps and its capabilities, and nothing that it inherits can
// change these. See docs/decisions/confinement.md.
package confine
