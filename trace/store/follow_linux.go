package store

import "golang.org/x/sys/unix"

// directory opens a directory to go through it, which needs no right to list it.
const directory = unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
