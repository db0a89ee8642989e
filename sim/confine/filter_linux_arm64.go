package confine

import "golang.org/x/sys/unix"

// older are refused system calls that exist on some architectures only.
var older = []uint32{unix.SYS_KEXEC_FILE_LOAD}
