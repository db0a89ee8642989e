package main

import (
	"os"
	"path/filepath"
	"strconv"
)

// giveToCaller makes files written under sudo belong to the user who ran sudo.
// It is a courtesy: where it is not allowed, the files stay root's.
func giveToCaller(files ...string) {
	uid, err1 := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, err2 := strconv.Atoi(os.Getenv("SUDO_GID"))
	if err1 != nil || err2 != nil || os.Geteuid() != 0 {
		return
	}
	for _, f := range files {
		_ = os.Lchown(f, uid, gid) // see above
	}
}

// makeDir makes a directory, and those above it that are missing. What was there
// before stays whose it is.
func makeDir(dir string) error {
	var missing []string
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := os.Lstat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		missing = append(missing, at)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	giveToCaller(missing...)
	return nil
}
