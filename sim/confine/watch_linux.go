package confine

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// watch kills the program when it and everything that it started use more than
// MaxMemory. The kernel's resource limits are per process, and not every user may create
// a control group.
func (r *Running) watch() {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-r.exited:
			return
		case <-tick.C:
			if resident(r.command.Process.Pid) > MaxMemory {
				r.greedy.Store(true)
				_ = r.command.Process.Kill() // it may have ended just now
				return
			}
		}
	}
}

// resident returns the resident memory of a process and its descendants in bytes. Shared
// memory counts once per process.
func resident(pid int) (bytes int) {
	waiting := []int{pid}
	for len(waiting) > 0 {
		pid, waiting = waiting[0], waiting[1:]
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)); err == nil {
			if fields := strings.Fields(string(text)); len(fields) > 1 {
				pages, _ := strconv.Atoi(fields[1]) // 0 on error
				bytes += pages * os.Getpagesize()
			}
		}
		// Orphans become children of process 1 of their namespace, where this search began.
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // empty if it has ended
		for _, t := range tasks {
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name())) // likewise
			for _, child := range strings.Fields(string(text)) {
				if n, err := strconv.Atoi(child); err == nil {
					waiting = append(waiting, n)
				}
			}
		}
	}
	return bytes
}
