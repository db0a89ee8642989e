package confine

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// bombs are attempts that kill the program making them, or exhaust its resources.
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

const memoryBombOfOne = "memory bomb of one" // a child of the previous one

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

// forkBomb starts processes until the kernel refuses.
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

// eat allocates memory, piece by piece.
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

// memoryBombOfMany starts children, each of which stays below the limit of one process.
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

// sharedMemoryAway allocates shared memory and drops it from its page tables.
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
		if sum != 0 { // otherwise the reads could be optimized away
			return errHarmless
		}
	}
	return holdOn()
}

// withoutLeader allocates memory in a thread of a process whose first thread has ended.
func withoutLeader() error {
	ended := make(chan error)
	go func() { ended <- errors.Join(eat(4*MaxMemory, unix.MAP_SHARED), holdOn()) }()
	if unix.Gettid() == os.Getpid() {
		_, _, e := unix.RawSyscall(unix.SYS_EXIT, 0, 0, 0)
		return e
	}
	return <-ended
}

// holdOn keeps the process and its memory alive for as long as it may live.
func holdOn() error {
	time.Sleep(10 * time.Second)
	return nil
}
