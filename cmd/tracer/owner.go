package main

import (
	"os"
	"strconv"

	"tracer/trace/store"
)

// caller returns the user who ran sudo, who will own new files, or nil without sudo.
func caller() *store.Owner {
	uid, err1 := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, err2 := strconv.Atoi(os.Getenv("SUDO_GID"))
	if err1 != nil || err2 != nil || uid <= 0 || os.Geteuid() != 0 {
		return nil
	}
	return &store.Owner{UID: uid, GID: gid}
}
