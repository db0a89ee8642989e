package confine

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// names gives the program the two files that every container has of its own: it knows
// its own name, and no name server. The machine's would be asked by many programs when
// they begin, and a lesson would have packets that it does not speak of.
func (s *stage) names(base string) error {
	hosts := "127.0.0.1\tlocalhost\n"
	if s.Hostname != "" {
		hosts += "127.0.1.1\t" + s.Hostname + "\n"
	}
	for path, text := range map[string]string{"/etc/hosts": hosts, "/etc/resolv.conf": ""} {
		if err := cover(base, path, text); err != nil {
			return err
		}
	}
	return nil
}

// cover lets a file be seen in place of one that is mounted read-only.
func cover(base, path, text string) error {
	info, err := os.Lstat(base + path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil // a symbolic link leads nowhere here
	}
	if err != nil {
		return err
	}
	file := filepath.Join(base, filepath.Base(path))
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return err
	}
	tree, err := cloneTree(unix.AT_FDCWD, file)
	if err != nil {
		return err
	}
	if err := attach(tree, base+path); err != nil {
		return err
	}
	return os.Remove(file) // it is seen at path only
}
