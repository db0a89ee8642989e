package confine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// watch kills the program when it and all that it started use more than MaxMemory.
// A limit of the kernel's is on one process, and a control group is not every user's
// to make.
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

// used returns how many bytes a process and its descendants have in memory. What
// several share counts several times.
func used(pid int) (bytes int) {
	waiting := []int{pid}
	for len(waiting) > 0 {
		pid, waiting = waiting[0], waiting[1:]
		most := 0
		// The first thread of a process may have ended, and the others live on.
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // none: it has ended
		for _, t := range tasks {
			at := fmt.Sprintf("/proc/%d/task/%s/", pid, t.Name())
			if n := ownMemory(at); n > most {
				most = n + sharedMemory(at)
			}
			// Orphans belong to process 1 of their namespace, which is where this began.
			text, _ := os.ReadFile(at + "children") // the same
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

// ownMemory is what a thread's process has in memory, or swapped out, with the page
// tables for it (proc_pid_status(5)).
func ownMemory(task string) (bytes int) {
	text, _ := os.ReadFile(task + "status") // it may have ended
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		switch key {
		case "RssAnon", "RssFile", "VmPTE", "VmSwap":
			kilobytes, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB")) // 0 then
			bytes += kilobytes << 10
		}
	}
	return bytes
}

// sharedMemory is the size of the anonymous mappings that a thread's process may share
// with its children, whether they are in its own page tables or not.
func sharedMemory(task string) (bytes int) {
	text, _ := os.ReadFile(task + "maps") // it may have ended
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
