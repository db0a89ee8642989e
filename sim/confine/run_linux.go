package confine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Running is a program that was started.
type Running struct {
	command *exec.Cmd
	exited  chan struct{}
	greedy  atomic.Bool
}

// stage holds the settings for the process that becomes the program.
type stage struct {
	Command    []string
	Directory  string
	Hostname   string
	ResolvConf string
	Cloned     bool   // cloneFD is a mount of Directory, which this user may not be able to read
	Processes  uint64 // RLIMIT_NPROC
}

// The descriptors of that process, in addition to the standard ones.
const (
	stageFD = 3 + iota
	cloneFD
)

// stageName is its command line.
const stageName = "tracer: a program of a scenario begins"

// Start starts the program on the calling thread, which must be locked to its goroutine:
// the program runs in that thread's network namespace and is killed when the thread
// ends. Everything that it has started ends with it.
//
// The error wraps [ErrPrivilege] if this process is not itself confined.
func (p Program) Start() (*Running, error) {
	if err := mayRun(); err != nil {
		return nil, err
	}
	s := stage{Command: p.Command, Directory: p.Directory, Hostname: p.Hostname, ResolvConf: p.ResolvConf, Processes: allowedProcesses()}
	var files []*os.File
	defer func() {
		for _, f := range files {
			_ = f.Close() // the program has it now
		}
	}()
	if p.Directory != "" {
		absolute, err := filepath.Abs(p.Directory)
		if err != nil {
			return nil, err
		}
		s.Directory = absolute
		// Root may be able to read it even if this user is not.
		if _, fd, err := ask(cloneDirectory, nil, none); err == nil && fd != none {
			s.Cloned = true
			files = append(files, os.NewFile(uintptr(fd), p.Directory))
		}
	}
	text, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	told, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer tell.Close() // a write error is handled below
	files = append([]*os.File{told}, files...)
	cmd := p.command(files)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r := &Running{command: cmd, exited: make(chan struct{})}
	go func() {
		defer close(r.exited)
		_ = cmd.Wait() // State describes how it ended
	}()
	go r.watch()
	// Send this only now that Start has returned: the program has been executed, so it
	// dies with this thread. If this process is killed earlier, the child receives no
	// settings and exits. It cannot rely on Go, which makes a child kill itself if its
	// parent is already gone: the kernel does not let process 1 of a PID namespace do
	// that.
	if _, err := tell.Write(text); err != nil && !errors.Is(err, unix.EPIPE) { // State then explains the failure
		return nil, errors.Join(err, r.Stop())
	}
	return r, nil
}

// mayRun returns why this process may not run programs, or nil if it may.
func mayRun() error {
	if !Confined() {
		return fmt.Errorf("programs run only as an unprivileged user in a user namespace: %w", ErrPrivilege)
	}
	if ownMap("uid_map")[0].outside == 0 {
		return fmt.Errorf("programs do not run as root, and root cannot become another user here: %w", ErrPrivilege)
	}
	return nil
}

// command returns the command that runs this binary again, in namespaces of its own,
// with open files.
func (p Program) command(files []*os.File) *exec.Cmd {
	cmd := exec.Command(self)
	cmd.Args = []string{stageName}
	cmd.Env = environment
	cmd.Dir = "/"
	cmd.Stdout, cmd.Stderr = p.Output, p.Output
	cmd.ExtraFiles = files
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig:  syscall.SIGKILL,
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
	}
	return cmd
}

// Exited is closed when the program has ended.
func (r *Running) Exited() <-chan struct{} { return r.exited }

// State describes how the program ended. Call it only after Exited is closed.
func (r *Running) State() string {
	if r.greedy.Load() {
		return fmt.Sprintf("used more than %d MiB of memory and was killed", MaxMemory>>20)
	}
	return r.command.ProcessState.String()
}

// Greedy reports whether the program was killed because of [MaxMemory].
func (r *Running) Greedy() bool { return r.greedy.Load() }

// Stop kills the program and waits until it has ended.
func (r *Running) Stop() error {
	err := r.command.Process.Kill()
	<-r.exited
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// spareThreads is how many threads tracer may add while programs run.
const spareThreads = 32

// allowedProcesses returns the limit on this user's processes and threads in this user
// namespace. The kernel counts tracer's and those of all programs together. Before Linux
// 5.14 it counts the user's processes on the whole machine, so no limit would be right.
func allowedProcesses() uint64 {
	var name unix.Utsname
	var major, minor int
	if err := unix.Uname(&name); err == nil {
		_, _ = fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &major, &minor) // 0.0 on error
	}
	if major < 5 || major == 5 && minor < 14 {
		return 0
	}
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return 0
	}
	return uint64(len(threads)) + spareThreads + MaxProcesses
}
