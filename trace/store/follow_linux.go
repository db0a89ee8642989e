package store

import "golang.org/x/sys/unix"

// directory opens a directory for path lookups, which needs no right to list it.
const directory = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
