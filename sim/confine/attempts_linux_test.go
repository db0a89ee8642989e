package confine

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// errHarmless is returned by an attempt that was allowed but found nothing to harm.
var errHarmless = errors.New("nothing to be harmed")

// attempts are what a program tries. Each returns an error; nil means success.
var attempts = map[string]func() error{
	"write /etc":                write("/etc/tracer-was-here"),
	"write /usr":                write("/usr/tracer-was-here"),
	"write /":                   write("/tracer-was-here"),
	"write /app":                write("/app/tracer-was-here"),
	"write /dev":                write("/dev/tracer-was-here"),
	"write /root":               write("/root/tracer-was-here"),
	"write /home":               write("/home/tracer-was-here"),
	"write core_pattern":        write("/proc/sys/kernel/core_pattern"),
	"write swappiness":          write("/proc/sys/vm/swappiness"),
	"write sysctl of the lab":   write("/proc/sys/net/ipv4/ip_forward"),
	"write lwtunnel":            write("/proc/sys/net/netfilter/nf_hooks_lwtunnel"),
	"write sysrq":               write("/proc/sysrq-trigger"),
	"write oom_score_adj":       write("/proc/self/oom_score_adj"),
	"write uid_map":             write("/proc/self/uid_map"),
	"read /etc/shadow":          read("/etc/shadow"),
	"read kmsg":                 read("/proc/kmsg"),
	"read kcore":                read("/proc/kcore"),
	"read the secret file":      read("/app/secret"),
	"read root's home":          list("/root"),
	"read homes":                list("/home"),
	"read /var":                 list("/var"),
	"read /sys":                 list("/sys"),
	"read block devices":        read("/dev/vda"),
	"read memory":               read("/dev/mem"),
	"other processes":           otherProcesses,
	"environment":               environmentLeaks,
	"descriptors":               descriptorsLeak,
	"kill all":                  func() error { return found(syscall.Kill(-1, syscall.SIGTERM)) },
	"ptrace":                    func() error { return unix.PtraceAttach(1) },
	"mount":                     func() error { return unix.Mount("tmpfs", "/tmp", "tmpfs", 0, "") },
	"remount":                   func() error { return unix.Mount("", "/usr", "", unix.MS_REMOUNT|unix.MS_BIND, "") },
	"umount":                    func() error { return unix.Unmount("/proc", unix.MNT_DETACH) },
	"open_tree":                 func() error { _, err := unix.OpenTree(unix.AT_FDCWD, "/usr", unix.OPEN_TREE_CLONE); return err },
	"chroot":                    func() error { return unix.Chroot("/tmp") },
	"new user namespace":        func() error { return unix.Unshare(unix.CLONE_NEWUSER) },
	"new network namespace":     func() error { return unix.Unshare(unix.CLONE_NEWNET) },
	"clone a user namespace":    cloneNamespace,
	"clone3":                    func() error { _, _, e := unix.Syscall(unix.SYS_CLONE3, 0, 0, 0); return failed(e, unix.ENOSYS) },
	"setns":                     func() error { return unix.Setns(0, unix.CLONE_NEWNET) },
	"set-user-ID program":       setuidProgram,
	"set-user-ID file":          setuidFile,
	"become root":               func() error { return syscall.Setuid(0) },
	"become another user":       func() error { return syscall.Setuid(1000) },
	"change groups":             func() error { return syscall.Setgroups([]int{0}) },
	"gain a capability":         gainCapability,
	"device node":               func() error { return unix.Mknod("/tmp/disk", unix.S_IFBLK|0o666, int(unix.Mkdev(254, 0))) },
	"keyring":                   func() error { _, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_USER_KEYRING, true); return err },
	"add a key":                 func() error { _, err := unix.AddKey("user", "k", []byte("v"), unix.KEY_SPEC_USER_KEYRING); return err },
	"bpf":                       func() error { _, _, e := unix.Syscall(unix.SYS_BPF, 0, 0, 0); return failed(e, unix.EPERM) },
	"perf":                      func() error { _, err := unix.PerfEventOpen(&unix.PerfEventAttr{}, 0, -1, -1, 0); return err },
	"io_uring":                  func() error { _, _, e := unix.Syscall(unix.SYS_IO_URING_SETUP, 1, 0, 0); return failed(e, unix.EPERM) },
	"userfaultfd":               func() error { _, _, e := unix.Syscall(unix.SYS_USERFAULTFD, 1, 0, 0); return failed(e, unix.EPERM) },
	"kernel log":                func() error { _, err := unix.Klogctl(unix.SYSLOG_ACTION_READ_ALL, make([]byte, 64)); return err },
	"clock":                     func() error { return unix.ClockSettime(unix.CLOCK_REALTIME, &unix.Timespec{Sec: 1}) },
	"reboot":                    func() error { _, _, e := unix.Syscall(unix.SYS_REBOOT, 0, 0, 0); return failed(e, unix.EPERM) },
	"load a module":             func() error { return unix.InitModule([]byte{0}, "") },
	"vsock":                     func() error { _, err := unix.Socket(unix.AF_VSOCK, unix.SOCK_STREAM, 0); return err },
	"kernel crypto":             func() error { _, err := unix.Socket(unix.AF_ALG, unix.SOCK_SEQPACKET, 0); return err },
	"type into the terminal":    func() error { return typeInto() },
	"the terminal":              read("/dev/tty"),
	"Docker's socket":           func() error { return connect("/var/run/docker.sock") },
	"Docker's socket in /run":   func() error { return connect("/run/docker.sock") },
	"socket beside the file":    func() error { return connect("/app/socket") },
	"socket in /tmp":            func() error { return connect(socketInTmp) },
	"abstract socket":           func() error { return connect("@" + abstractName) },
	"the machine's network":     machinesNetwork,
	"pipe beside the file":      write("/app/pipe"),
	"link out of the copy":      read("/app/link"),
	"above the root":            list("/../../../home"),
	"above the root of another": list("/proc/1/root/../../home"),
	"memory without a process":  func() error { _, err := unix.MemfdCreate("m", 0); return err },
	"shared memory segment":     func() error { _, err := unix.SysvShmGet(unix.IPC_PRIVATE, 1<<20, 0o600|unix.IPC_CREAT); return err },
	"outlive the lab":           func() error { return unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0) },
	"watch the machine's files": func() error { _, err := unix.InotifyInit1(0); return err },
	"lease": func() error {
		f, err := os.Open("/etc/passwd")
		return errors.Join(err, second2(unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_RDLCK)))
	},
	"vsock pair":               func() error { return family(unix.Socketpair(unix.AF_VSOCK, unix.SOCK_STREAM, 0)) },
	"unknown system call":      func() error { _, _, e := unix.Syscall(newest+1, 0, 0, 0); return failed(e, unix.ENOSYS) },
	"long buffers":             longBuffer,
	"raise a limit":            func() error { return unix.Setrlimit(unix.RLIMIT_NPROC, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}) },
	"priority":                 func() error { return unix.Setpriority(unix.PRIO_PROCESS, 0, -10) },
	"host name of the machine": hostName,
}

func write(path string) func() error {
	return func() error {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|unix.O_NONBLOCK, 0o644)
		if err != nil {
			return err
		}
		_, err = f.WriteString("1")
		return errors.Join(err, f.Close())
	}
}

func read(path string) func() error {
	return func() error {
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		_, err = f.Read(make([]byte, 1))
		return err
	}
}

func list(path string) func() error {
	return func() error {
		entries, err := os.ReadDir(path)
		if err == nil && len(entries) == 0 {
			return errHarmless
		}
		return err
	}
}

// failed returns the error of a bare system call. It is nil unless it is the filter's.
func failed(got, want unix.Errno) error {
	if got == want {
		return got
	}
	return nil
}

// found turns success, and a missing process, into [errHarmless]: a process may end
// itself.
func found(err error) error {
	if err == nil || errors.Is(err, unix.ESRCH) {
		return errHarmless
	}
	return err
}

func otherProcesses() error {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil && n != os.Getpid() {
			return nil
		}
	}
	return errHarmless
}

func environmentLeaks() error {
	if strings.Contains(strings.Join(os.Environ(), " "), "SECRET") || len(os.Environ()) != len(environment) {
		return nil
	}
	return errHarmless
}

func descriptorsLeak() error {
	for fd := 3; fd < 4096; fd++ {
		to, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
		if err == nil && !strings.HasPrefix(to, "anon_inode:") && !strings.HasPrefix(to, "/proc/") { // Go's own poller
			return nil
		}
	}
	return errHarmless
}

func cloneNamespace() error {
	cmd := exec.Command("/bin/true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}
	return cmd.Run()
}

// setuidProgram runs su, which is set-user-ID root on every system that has it.
func setuidProgram() error {
	out, err := exec.Command("su", "-c", "id -u").CombinedOutput()
	if err == nil && strings.TrimSpace(string(out)) == "0" {
		return nil
	}
	return errors.Join(err, errHarmless)
}

// setuidFile makes a file of its own set-user-ID. That grants nothing if the owner has
// no rights.
func setuidFile() error {
	if err := os.WriteFile("/tmp/id", nil, 0o755); err != nil {
		return err
	}
	if err := os.Chmod("/tmp/id", 0o4755); err != nil {
		return err
	}
	if err := os.Chown("/tmp/id", 0, 0); err != nil {
		return err
	}
	return nil
}

func gainCapability() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	sets := [2]unix.CapUserData{{Effective: 1 << unix.CAP_SYS_ADMIN, Permitted: 1 << unix.CAP_SYS_ADMIN}}
	return unix.Capset(&header, &sets[0])
}

func typeInto() error {
	c := byte('x')
	_, _, e := unix.Syscall(unix.SYS_IOCTL, 0, unix.TIOCSTI, uintptr(unsafe.Pointer(&c)))
	return failed(e, unix.EPERM)
}

func connect(path string) error {
	c, err := net.DialTimeout("unix", path, time.Second)
	if err != nil {
		return err
	}
	return c.Close()
}

// machinesNetwork looks for interfaces that do not belong to the lab.
func machinesNetwork() error {
	list, err := net.Interfaces()
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(i net.Interface) bool { return i.Flags&net.FlagLoopback == 0 }) {
		return nil
	}
	return errHarmless
}

// second2 returns the error of a call with two results.
func second2(_ int, err error) error { return err }

// family returns the filter's error for address families, or another one that a kernel
// without that family returns.
func family(_ [2]int, err error) error {
	if errors.Is(err, unix.EAFNOSUPPORT) {
		return err
	}
	return nil
}

// longBuffer requests more than a socket's default buffer.
func longBuffer() error {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	before, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF)
	if err == nil {
		err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, before*2)
	}
	if err != nil {
		return err
	}
	if after, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF); err != nil || after > before {
		return err
	}
	return errHarmless
}

func hostName() error {
	if err := unix.Sethostname([]byte("taken-over")); err != nil {
		return err
	}
	return errHarmless // it is the program's own
}
