package dockerd

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// removeEngine removes what an engine leaves behind.
func removeEngine(t *testing.T, dir, group string) {
	if err := os.RemoveAll(dir); err != nil {
		t.Error(err)
	}
	// The kernel ends the engine's processes one after the other.
	for limit := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := removeGroups(group)
		if err == nil {
			return
		}
		if time.Now().After(limit) {
			t.Fatal(err)
		}
	}
}

// removeGroups removes an engine's control groups, with those of its containers.
func removeGroups(group string) (all error) {
	groups, _ := filepath.Glob("/sys/fs/cgroup/*" + group)
	for _, g := range append(groups, "/sys/fs/cgroup"+group) { // the unified hierarchy is not mounted here on every system
		var below []string
		_ = filepath.WalkDir(g, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				below = append(below, path)
			}
			return err
		})
		slices.Reverse(below)
		for _, dir := range below {
			all = errors.Join(all, os.Remove(dir))
		}
	}
	return all
}
