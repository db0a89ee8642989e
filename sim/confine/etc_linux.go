package confine

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// names gives the program its own /etc/hosts and /etc/resolv.conf, as a container engine
// does. The machine's name servers are not part of the lab.
func (s *stage) names(base string) error {
	hosts := "127.0.0.1\tlocalhost\n"
	if s.Hostname != "" {
		hosts += "127.0.1.1\t" + s.Hostname + "\n"
	}
	for path, text := range map[string]string{"/etc/hosts": hosts, "/etc/resolv.conf": s.ResolvConf} {
		if err := cover(base, path, text); err != nil {
			return err
		}
	}
	return nil
}

// cover mounts a file with the given text over one on a read-only mount.
func cover(base, path, text string) error {
	info, err := os.Lstat(base + path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil // a symbolic link would dangle here
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
	return os.Remove(file) // it stays visible at path
}
