package confine

import "io"

// Program is a scenario's program. It runs in a sandbox.
//
// It is process 1 of a PID namespace, in the network namespace of the thread that starts
// it. Its file system holds the machine's programs and libraries (/usr, /etc and the
// like) and a copy of Directory, all read-only, and empty /tmp, /run and /dev/shm. It
// sees no home directory, no /var, no /sys, and no socket of the machine. It has
// CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE over the lab and cannot gain other
// rights; a seccomp filter refuses system calls that no server needs. Its environment is
// always the same.
type Program struct {
	Command    []string
	Directory  string    // copied to /app, its working directory; "" for none
	Hostname   string    // "" for the machine's
	ResolvConf string    // its /etc/resolv.conf
	Output     io.Writer // its standard output and standard error
}

// Limits of a program and everything it starts.
const (
	MaxProcesses = 64        // processes and threads; see allowedProcesses
	MaxMemory    = 512 << 20 // bytes in use by all processes together
	maxPrivate   = 1 << 30   // bytes that one process may allocate (RLIMIT_DATA)
	maxFile      = 64 << 20  // bytes in each of /tmp, /run and /dev/shm, and per file
	maxOpen      = 128       // descriptors per process
)

// searchPath lists the directories searched for programs named without a slash.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// environment is the environment of every program.
var environment = []string{"PATH=" + searchPath, "HOME=/tmp", "TMPDIR=/tmp", "LANG=C.UTF-8"}
