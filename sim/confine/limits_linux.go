package confine

import (
	"os"

	"golang.org/x/sys/unix"
)

// limits sets the resource limits of each of the program's processes. They are
// inherited, and only a process with capabilities over the machine could raise them.
func (s *stage) limits() error {
	list := map[int]uint64{
		unix.RLIMIT_CORE: 0, unix.RLIMIT_DATA: maxPrivate, unix.RLIMIT_FSIZE: maxFile, unix.RLIMIT_NOFILE: maxOpen,
		unix.RLIMIT_MEMLOCK: 64 << 10, unix.RLIMIT_MSGQUEUE: 64 << 10, unix.RLIMIT_SIGPENDING: 1024,
	}
	if s.Processes > 0 {
		list[unix.RLIMIT_NPROC] = s.Processes
	}
	for resource, value := range list {
		var now unix.Rlimit
		if err := unix.Getrlimit(resource, &now); err != nil {
			return err
		}
		value = min(value, now.Max)
		// Unlike Prlimit, the syscall package would restore this process's initial
		// descriptor limit before it executes the program.
		if err := unix.Prlimit(0, resource, &unix.Rlimit{Cur: value, Max: value}, nil); err != nil {
			return err
		}
	}
	return nil
}

// preferred makes the program the kernel's first choice to kill when memory runs out
// (proc_pid_oom_score_adj(5)).
func preferred() error {
	err := os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	if os.IsNotExist(err) {
		return nil // a container without /proc
	}
	return err
}

// kept holds a program's capabilities over the lab.
const kept = 1<<unix.CAP_NET_ADMIN | 1<<unix.CAP_NET_RAW | 1<<unix.CAP_NET_BIND_SERVICE

// dropCapabilities permanently drops all others: neither file capabilities nor a change
// of user restores one that is not in the bounding set (capabilities(7)).
func dropCapabilities() error {
	for c := uintptr(0); unix.Prctl(unix.PR_CAPBSET_READ, c, 0, 0, 0) == nil; c++ {
		if c < 32 && kept>>c&1 == 1 {
			continue
		}
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, c, 0, 0, 0); err != nil {
			return err
		}
		if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_LOWER, c, 0, 0); err != nil {
			return err
		}
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	sets := [2]unix.CapUserData{{Effective: kept, Permitted: kept, Inheritable: kept}}
	if err := unix.Capset(&header, &sets[0]); err != nil {
		return err
	}
	return nil
}
