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
			if resident(r.command.Process.Pid) > MaxMemory {
				r.greedy.Store(true)
				_ = r.command.Process.Kill() // it may have ended just now
				return
			}
		}
	}
}

// resident returns how many bytes a process and its descendants have in memory. What
// several share counts several times.
func resident(pid int) (bytes int) {
	waiting := []int{pid}
	for len(waiting) > 0 {
		pid, waiting = waiting[0], waiting[1:]
		if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid)); err == nil {
			if fields := strings.Fields(string(text)); len(fields) > 1 {
				pages, _ := strconv.Atoi(fields[1]) // 0 then
				bytes += pages * os.Getpagesize()
			}
		}
		// Orphans belong to process 1 of their namespace, which is where this began.
		tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid)) // none: it has ended
		for _, t := range tasks {
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, t.Name())) // the same
			for _, child := range strings.Fields(string(text)) {
				if n, err := strconv.Atoi(child); err == nil {
					waiting = append(waiting, n)
				}
			}
		}
	}
	return bytes
}
