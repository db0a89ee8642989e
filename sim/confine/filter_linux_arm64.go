package confine

import "golang.org/x/sys/unix"

// older are system calls that only old architectures have, and those that not all have.
var older = []uint32{unix.SYS_KEXEC_FILE_LOAD}
