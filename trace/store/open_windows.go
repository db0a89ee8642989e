package store

import "os"

// openRoot opens a directory, and creates the missing part of its path.
func openRoot(path string, _ *Owner, create bool) (*os.Root, error) {
	if create {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return nil, err
		}
	}
	return openPath(path)
}
