//go:build unix && !linux

package store

import "golang.org/x/sys/unix"

// directory opens a directory for path lookups.
const directory = unix.O_RDONLY | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC
