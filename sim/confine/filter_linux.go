//go:build amd64 || arm64

package confine

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// refused lists system calls that a server does not need and that reach parts of the
// kernel which are not separated by namespaces, or which are especially prone to bugs.
var refused = []uint32{
	// Mounts and namespaces.
	unix.SYS_MOUNT, unix.SYS_UMOUNT2, unix.SYS_PIVOT_ROOT, unix.SYS_CHROOT, unix.SYS_OPEN_TREE, unix.SYS_MOVE_MOUNT, unix.SYS_FSOPEN,
	unix.SYS_FSCONFIG, unix.SYS_FSMOUNT, unix.SYS_FSPICK, unix.SYS_MOUNT_SETATTR, unix.SYS_UNSHARE, unix.SYS_SETNS,
	// Other processes.
	unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_KCMP, unix.SYS_PIDFD_GETFD,
	// The kernel itself.
	unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD, unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
	unix.SYS_INIT_MODULE, unix.SYS_FINIT_MODULE, unix.SYS_DELETE_MODULE, unix.SYS_KEXEC_LOAD, unix.SYS_REBOOT, unix.SYS_SYSLOG, unix.SYS_ACCT,
	unix.SYS_SWAPON, unix.SYS_SWAPOFF, unix.SYS_QUOTACTL, unix.SYS_FANOTIFY_INIT, unix.SYS_OPEN_BY_HANDLE_AT, unix.SYS_NAME_TO_HANDLE_AT,
	unix.SYS_SETTIMEOFDAY, unix.SYS_CLOCK_SETTIME, unix.SYS_ADJTIMEX, unix.SYS_CLOCK_ADJTIME, unix.SYS_PERSONALITY, unix.SYS_MKNODAT,
	// Keyrings belong to users, not to namespaces.
	unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
	// Watching the machine's files would show what others do.
	unix.SYS_INOTIFY_INIT1,
	// Memory that is not charged to a process and so escapes the limits.
	unix.SYS_MEMFD_CREATE, unix.SYS_MEMFD_SECRET, unix.SYS_SHMGET, unix.SYS_MSGGET, unix.SYS_SEMGET, unix.SYS_MQ_OPEN,
}

// newNamespaces are the flags of clone(2) that create namespaces.
const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// newest is the highest system call number known to this list: Linux 6.13's
// removexattrat. All architectures share the numbers from 424 on.
const newest = 466

// families lists the address families of the sockets that a program may open. Others,
// such as AF_VSOCK, are not bound to a network namespace.
var families = []uint32{unix.AF_UNIX, unix.AF_INET, unix.AF_INET6, unix.AF_NETLINK, unix.AF_PACKET}

// Offsets in struct seccomp_data (linux/seccomp.h). Both architectures are
// little-endian, so the low half of an argument comes first.
const (
	dataNumber       = 0
	dataArchitecture = 4
	dataArgument0    = 16
	dataArgument1    = 24
	dataArgument2    = 32
)

// filter permanently refuses these system calls.
func filter() error { return install(filterProgram()) }

// install installs a filter on this thread (seccomp(2)).
func install(program []bpf.Instruction) error {
	raw, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	list := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		list[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	filter := unix.SockFprog{Len: uint16(len(list)), Filter: &list[0]}
	const setModeFilter = 1
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, setModeFilter, 0, uintptr(unsafe.Pointer(&filter))); errno != 0 {
		return fmt.Errorf("install: %w", errno)
	}
	return nil
}

func filterProgram() []bpf.Instruction {
	architecture := uint32(unix.AUDIT_ARCH_X86_64)
	if runtime.GOARCH == "arm64" {
		architecture = unix.AUDIT_ARCH_AARCH64
	}
	fail := func(errno unix.Errno) bpf.Instruction {
		return bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(errno)}
	}
	load := func(offset uint32) bpf.Instruction { return bpf.LoadAbsolute{Off: offset, Size: 4} }
	program := []bpf.Instruction{
		load(dataArchitecture),
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: architecture, SkipTrue: 1},
		fail(unix.ENOSYS),
		load(dataNumber),
		bpf.JumpIf{Cond: bpf.JumpLessOrEqual, Val: newest, SkipTrue: 1},
		fail(unix.ENOSYS), // includes x32's numbers, which would bypass the list
	}
	call := func(number uint32, then ...bpf.Instruction) {
		program = append(program, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: uint8(len(then))})
		program = append(program, then...)
	}
	for _, number := range slices.Concat(refused, older) {
		call(number, fail(unix.EPERM))
	}
	// The flags of clone3 are in memory, which a filter cannot read. Libraries fall back
	// to clone on ENOSYS.
	call(unix.SYS_CLONE3, fail(unix.ENOSYS))
	allow := bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}
	// one refuses certain values of one argument.
	one := func(number, argument uint32, errno unix.Errno, values ...uint32) {
		list := []bpf.Instruction{load(argument)}
		for _, v := range values {
			list = append(list, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: v, SkipTrue: 1}, fail(errno))
		}
		call(number, append(list, allow)...)
	}
	call(unix.SYS_CLONE, load(dataArgument0), bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: newNamespaces, SkipFalse: 1}, fail(unix.EPERM), allow)
	one(unix.SYS_IOCTL, dataArgument1, unix.EPERM, unix.TIOCSTI)
	one(unix.SYS_FCNTL, dataArgument1, unix.EPERM, unix.F_SETLEASE, unix.F_NOTIFY)
	// A program could use PR_SET_PDEATHSIG to outlive the lab.
	one(unix.SYS_PRCTL, dataArgument0, unix.EPERM, unix.PR_SET_PDEATHSIG)
	// Requests for longer socket buffers are ignored rather than refused: errno 0
	// reports success.
	call(unix.SYS_SETSOCKOPT, load(dataArgument1), bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SOL_SOCKET, SkipTrue: 5},
		load(dataArgument2), bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.SO_SNDBUF, SkipTrue: 2}, bpf.JumpIf{Cond: bpf.JumpEqual, Val: unix.SO_RCVBUF, SkipTrue: 1}, allow, fail(0), allow)
	for _, number := range []uint32{unix.SYS_SOCKET, unix.SYS_SOCKETPAIR} {
		list := []bpf.Instruction{load(dataArgument0)}
		for _, f := range families {
			list = append(list, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: f, SkipTrue: 1}, allow)
		}
		call(number, append(list, fail(unix.EAFNOSUPPORT))...)
	}
	return append(program, allow)
}
