package confine

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hostile, as its first argument, makes this binary a program that tries to do harm.
const hostile = "try"

// errHarmless is what an attempt returns that was let through, and found nothing.
var errHarmless = errors.New("nothing to be harmed")

// attempts are what a program tries. Each returns an error: nil means that it worked.
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

// abstractName and socketInTmp are names of sockets that the test listens on.
const (
	abstractName = "tracer-test-abstract"
	socketInTmp  = "/tmp/tracer-test-socket"
)

// bombs are the attempts that end the program that makes them, or fill what it has.
var bombs = map[string]func() error{
	"large file":                    largeFile,
	"fork bomb":                     forkBomb,
	"memory bomb":                   memoryBomb,
	"shared memory bomb":            sharedMemoryBomb,
	"memory bomb of many":           memoryBombOfMany,
	"shared memory given away":      sharedMemoryAway,
	"page tables":                   pageTables,
	"memory without a first thread": withoutLeader,
	memoryBombOfOne:                 func() error { return errors.Join(eat(MaxMemory/4, unix.MAP_PRIVATE), holdOn()) },
}

const memoryBombOfOne = "memory bomb of one" // a child of the one before

// allAttempts is the program that makes all that are no bombs.
const allAttempts = "all"

// tryIt is the program: it says what came of an attempt.
func tryIt(name string) int {
	signal.Ignore(syscall.SIGTERM)
	tell := func(name string, err error) {
		if err == nil {
			fmt.Printf("WORKED: %s\n", name)
			return
		}
		fmt.Printf("refused: %s: %v\n", name, err)
	}
	if name != allAttempts {
		tell(name, bombs[name]())
		return 0
	}
	for _, name := range slices.Sorted(maps.Keys(attempts)) {
		tell(name, attempts[name]())
	}
	return 0
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

// failed is the error of a bare system call: nil unless it is the one that a filter
// gives.
func failed(got, want unix.Errno) error {
	if got == want {
		return got
	}
	return nil
}

// found turns "done" into what was found: to end oneself is no harm.
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

// setuidProgram runs a program that is set-user-ID root on every system that has it.
func setuidProgram() error {
	out, err := exec.Command("su", "-c", "id -u").CombinedOutput()
	if err == nil && strings.TrimSpace(string(out)) == "0" {
		return nil
	}
	return errors.Join(err, errHarmless)
}

// setuidFile makes a program of its own set-user-ID: that gives nobody any right
// as long as its owner has none.
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

// machinesNetwork looks for interfaces that are not the lab's.
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

func largeFile() error {
	signal.Ignore(syscall.SIGXFSZ)
	f, err := os.Create("/tmp/large")
	if err != nil {
		return err
	}
	_, err = io.CopyN(f, zeros{}, maxFile+1)
	return err
}

// zeros is endless.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// forkBomb starts processes until that is refused.
func forkBomb() error {
	for range 10 * MaxProcesses {
		if err := exec.Command("sleep", "30").Start(); err != nil {
			return err
		}
	}
	return nil
}

func memoryBomb() error { return eat(4*MaxMemory, unix.MAP_PRIVATE) }

func sharedMemoryBomb() error { return eat(4*MaxMemory, unix.MAP_SHARED) }

// eat takes memory, piece by piece.
func eat(bytes, flags int) error {
	const piece = 16 << 20
	for ; bytes > 0; bytes -= piece {
		p, err := unix.Mmap(-1, 0, piece, unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_ANONYMOUS)
		if err != nil {
			return err
		}
		for i := 0; i < len(p); i += os.Getpagesize() {
			p[i] = 1
		}
	}
	return nil
}

// memoryBombOfMany has children each of which takes less than a process may have.
func memoryBombOfMany() error {
	var children []*exec.Cmd
	for range 8 {
		c := exec.Command(os.Args[0], hostile, "memory bomb of one")
		if err := c.Start(); err != nil {
			return err
		}
		children = append(children, c)
	}
	var errs []error
	for _, c := range children {
		errs = append(errs, c.Wait())
	}
	return errors.Join(errs...)
}

// second2 is the error of a call with two results.
func second2(_ int, err error) error { return err }

// family is the error of the filter for address families, which a kernel without that
// family has another one for.
func family(_ [2]int, err error) error {
	if errors.Is(err, unix.EAFNOSUPPORT) {
		return err
	}
	return nil
}

// longBuffer asks for more than the usual buffer of a socket.
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

// sharedMemoryAway takes shared memory, and forgets that it has it.
func sharedMemoryAway() error {
	const piece = 16 << 20
	for n := 0; n < 4*MaxMemory; n += piece {
		p, err := unix.Mmap(-1, 0, piece, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
		if err != nil {
			return err
		}
		for i := 0; i < len(p); i += os.Getpagesize() {
			p[i] = 1
		}
		if err := unix.Madvise(p, unix.MADV_DONTNEED); err != nil {
			return err
		}
	}
	return holdOn()
}

// pageTables reads one page of every 2 MiB of a large mapping.
func pageTables() error {
	for range 64 {
		p, err := unix.Mmap(-1, 0, 16<<30, unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE)
		if err != nil {
			return err
		}
		if err := unix.Madvise(p, unix.MADV_NOHUGEPAGE); err != nil {
			return err
		}
		sum := byte(0)
		for i := 0; i < len(p); i += 2 << 20 {
			sum += p[i]
		}
		if sum != 0 { // or nobody would have to read
			return errHarmless
		}
	}
	return holdOn()
}

// withoutLeader takes memory in a thread of a process whose first thread has ended.
func withoutLeader() error {
	ended := make(chan error)
	go func() { ended <- errors.Join(eat(4*MaxMemory, unix.MAP_SHARED), holdOn()) }()
	if unix.Gettid() == os.Getpid() {
		_, _, e := unix.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
		return e
	}
	return <-ended
}

// holdOn keeps what the process has for as long as it may live.
func holdOn() error {
	time.Sleep(10 * time.Second)
	return nil
}

func hostName() error {
	if err := unix.Sethostname([]byte("taken-over")); err != nil {
		return err
	}
	return errHarmless // its own
}

// TestHostile makes every attempt, as root would and as a plain user would. All must
// fail, and the machine must be as before.
func TestHostile(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	// Not t.TempDir, which nobody else may enter.
	parent, err := os.MkdirTemp("", "tracer-hostile-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(parent) })
	dir := filepath.Join(parent, "lesson")
	for _, err := range []error{
		os.Chmod(parent, 0o755), os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "hostile"), self, 0o755),
		os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0),
		os.Symlink("/root", filepath.Join(dir, "link")), unix.Mkfifo(filepath.Join(dir, "pipe"), 0o666),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{filepath.Join(dir, "socket"), socketInTmp, "@" + abstractName} {
		l, err := net.Listen("unix", name)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		if !strings.HasPrefix(name, "@") {
			if err := os.Chmod(name, 0o777); err != nil {
				t.Fatal(err)
			}
		}
	}
	const somebody = 12345
	users := map[string]*syscall.SysProcAttr{"as we are": nil}
	if os.Geteuid() == 0 {
		users["as a plain user"] = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: somebody, Gid: somebody}}
	}
	for user, attr := range users {
		t.Run(user+", without pivot_root", func(t *testing.T) {
			t.Setenv(noPivot, "1")
			out := program(t, dir, attr, "./hostile", hostile, allAttempts)
			if n := strings.Count(out, "refused: "); n != len(attempts) || strings.Contains(out, "WORKED") {
				t.Errorf("%d of %d attempts were refused:\n%s", n, len(attempts), out)
			}
		})
		t.Run(user, func(t *testing.T) {
			before := machine(t)
			out := program(t, dir, attr, "./hostile", hostile, allAttempts)
			if n := strings.Count(out, "refused: "); n != len(attempts) || strings.Contains(out, "WORKED") {
				t.Errorf("%d of %d attempts were refused:\n%s", n, len(attempts), out)
			}
			for name := range bombs {
				if name == memoryBombOfOne {
					continue
				}
				out := program(t, dir, attr, "./hostile", hostile, name)
				if strings.Contains(out, "WORKED") || !strings.Contains(out, "refused: ") && !strings.Contains(out, "was killed") {
					t.Errorf("%s: %s", name, out)
				}
			}
			if after := machine(t); after != before {
				t.Errorf("the machine has changed: %s\nbefore: %s", after, before)
			}
		})
	}
}

// machine is what of the machine an attempt would have changed.
func machine(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, path := range []string{
		"/proc/sys/kernel/core_pattern", "/proc/sys/vm/swappiness", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/netfilter/nf_hooks_lwtunnel",
		"/proc/sys/kernel/hostname", "/proc/self/oom_score_adj", "/proc/self/mounts",
	} {
		text, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s: %s %v\n", path, text, err)
	}
	for _, path := range []string{"/", "/etc", "/usr", "/dev", "/tmp", "/root", "/home"} {
		_, err := os.Lstat(path + "/tracer-was-here")
		fmt.Fprintf(&b, "%s: %v\n", path, err == nil)
	}
	return b.String()
}
