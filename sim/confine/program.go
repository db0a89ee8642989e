package confine

import "io"

// Program is a program of a scenario's, to be run where it can harm nothing.
//
// It is process 1 of a PID namespace, in the network namespace of the thread that
// starts it. Its file system has the machine's programs and libraries (/usr, /etc and
// the like) and a copy of Directory, all of them read-only, and empty /tmp, /run and
// /dev/shm. It sees no home directory, no /var, no /sys, and no socket of the machine.
// It has CAP_NET_ADMIN, CAP_NET_RAW and CAP_NET_BIND_SERVICE over the lab and can gain
// no other right; a seccomp filter refuses what no server needs. Its environment is
// the same everywhere.
type Program struct {
	Command   []string
	Directory string    // copied to /app, where it begins; "" for none
	Hostname  string    // "" for the machine's
	Output    io.Writer // its standard output and standard error
}

// Limits of a program and all that it starts.
const (
	MaxProcesses = 64        // and threads
	MaxMemory    = 512 << 20 // bytes in use, of all of them together
	maxPrivate   = 1 << 30   // bytes that one process may ask for (RLIMIT_DATA)
	maxFile      = 64 << 20  // bytes of /tmp, of /run, of /dev/shm, and of one file
	maxOpen      = 128       // descriptors of one process
)

// searchPath is where a program without a slash in its name is looked for.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// environment is a program's.
var environment = []string{"PATH=" + searchPath, "HOME=/tmp", "TMPDIR=/tmp", "LANG=C.UTF-8"}
