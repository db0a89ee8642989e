//go:build unix

package store

import (
	"fmt"
	"os"
)

// openRoot opens a directory, and creates the missing part of its path.
func openRoot(path string, owner *Owner, create bool) (*os.Root, error) {
	if !isRoot() {
		if create {
			if err := os.MkdirAll(path, 0o755); err != nil {
				return nil, err
			}
		}
		return openPath(path)
	}
	// os.Root confines access to a directory, but is opened by a path that may lead
	// anywhere. So the path is followed safely first, and then compared with what
	// os.Root has opened.
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
