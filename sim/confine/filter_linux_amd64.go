package confine

import "golang.org/x/sys/unix"

// older lists refused system calls that exist only on some architectures.
var older = []uint32{unix.SYS_INOTIFY_INIT, unix.SYS_MKNOD, unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_USELIB, unix.SYS_KEXEC_FILE_LOAD}
