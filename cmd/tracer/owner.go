package main

import (
	"os"
	"strconv"

	"tracer/trace/store"
)

// caller is the user who ran sudo, to whom files written under it belong; nil where
// there is none.
func caller() *store.Owner {
	uid, err1 := strconv.Atoi(os.Getenv("SUDO_UID"))
	gid, err2 := strconv.Atoi(os.Getenv("SUDO_GID"))
	if err1 != nil || err2 != nil || uid <= 0 || os.Geteuid() != 0 {
		return nil
	}
	return &store.Owner{UID: uid, GID: gid}
}
