package confine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// watch kills the program when it and everything it started use more than MaxMemory. The
// kernel's resource limits are per process, and not every user may create a control
// group.
func (r *Running) watch() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.exited:
			return
		case <-tick.C:
			if used(r.command.Process.Pid) > MaxMemory {
				r.greedy.Store(true)
				_ = r.command.Process.Kill() // it may have ended just now
				return
			}
		}
	}
}

// used returns the memory of a process and its descendants in bytes. Shared memory is
// counted once per process.
func used(pid int) (bytes int) {
	waiting := []int{pid}
	for len(waiting) > 0 {
		pid, waiting = waiting[0], waiting[1:]
		most := 0
		// A process's other threads can outlive its first one.
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // empty if it has ended
		for _, t := range tasks {
			at := fmt.Sprintf("/proc/%d/task/%s/", pid, t.Name())
			if n := ownMemory(at); n > most {
				most = n + sharedMemory(at)
			}
			// Orphans become children of process 1 of their namespace, where this search
			// began.
			text, _ := os.ReadFile(at + "children") // empty if it has ended
			for _, child := range strings.Fields(string(text)) {
				if n, err := strconv.Atoi(child); err == nil {
					waiting = append(waiting, n)
				}
			}
		}
		bytes += most
	}
	return bytes
}

// ownMemory returns the private memory and mapped files of a thread's process, resident
// or swapped out, and its page tables (proc_pid_status(5)).
func ownMemory(task string) (bytes int) {
	text, _ := os.ReadFile(task + "status") // empty if it has ended
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		switch key {
		case "RssAnon", "RssFile", "VmPTE", "VmSwap":
			kilobytes, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB")) // 0 on error
			bytes += kilobytes << 10
		}
	}
	return bytes
}

// sharedMemory returns the size of the shared anonymous mappings of a thread's process,
// whether or not they are in its own page tables.
func sharedMemory(task string) (bytes int) {
	text, _ := os.ReadFile(task + "maps") // empty if it has ended
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, "/dev/zero (deleted)") {
			continue
		}
		addresses, _, _ := strings.Cut(line, " ")
		begin, end, _ := strings.Cut(addresses, "-")
		from, err1 := strconv.ParseUint(begin, 16, 64)
		to, err2 := strconv.ParseUint(end, 16, 64)
		if err1 == nil && err2 == nil {
			bytes += int(to - from)
		}
	}
	return bytes
}
