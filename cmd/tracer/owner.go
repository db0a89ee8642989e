package main

import (
	"os"
	"strconv"
)

// giveToCaller makes files written under sudo belong to the user who ran sudo.
// It is a courtesy: where it is not allowed, the files stay root's.
func giveToCaller(dir string, files []string) {
	uid, err1 := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, err2 := strconv.Atoi(os.Getenv("SUDO_GID"))
	if err1 != nil || err2 != nil || os.Geteuid() != 0 {
		return
	}
	for _, f := range append([]string{dir}, files...) {
		os.Lchown(f, uid, gid)
	}
}
