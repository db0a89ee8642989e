package confine

import "golang.org/x/sys/unix"

// older are refused system calls that exist on some architectures only.
var older = []uint32{unix.SYS_INOTIFY_INIT, unix.SYS_MKNOD, unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_USELIB, unix.SYS_KEXEC_FILE_LOAD}
