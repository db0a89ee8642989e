package confine

import "golang.org/x/sys/unix"

// older lists refused system calls that exist only on some architectures.
var older = []uint32{unix.SYS_KEXEC_FILE_LOAD}
