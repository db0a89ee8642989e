//go:build unix

package store

import (
	"fmt"
	"os"
)

// openRoot opens a directory, and makes what is missing of its path.
func openRoot(path string, owner *Owner, create bool) (*os.Root, error) {
	if !isRoot() {
		if create {
			if err := os.MkdirAll(path, 0o755); err != nil {
				return nil, err
			}
		}
		return openPath(path)
	}
	// os.Root keeps inside of a directory, but is opened by a path that may lead
	// anywhere. So the path is followed with care, and then it is seen to that what was
	// opened is where that ended.
	end, err := follow(path, owner, create)
	if err != nil {
		return nil, err
	}
	defer end.Close() // it is only looked at
	root, err := openPath(path)
	if err != nil {
		return nil, err
	}
	want, err := end.Stat()
	if err == nil {
		var got os.FileInfo
		if got, err = root.Stat("."); err == nil && !os.SameFile(want, got) {
			err = fmt.Errorf("%s: %w", path, errChanged)
		}
	}
	if err != nil {
		_ = root.Close() // nothing was done in it
		return nil, err
	}
	return root, nil
}
