package confine

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// cloneDirectory requests a detached mount of the scenario's directory.
const cloneDirectory = "clone directory"

// cloneTree returns a detached copy of the mounts at and below a path, or below the
// descriptor if the path is empty, for use in another mount namespace. It is read-only
// and ignores set-user-ID bits and devices (open_tree(2), mount_setattr(2), since Linux
// 5.12).
func cloneTree(at int, path string) (fd int, err error) {
	return clone(at, path, unix.MOUNT_ATTR_RDONLY|unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV)
}

func clone(at int, path string, attributes uint64) (fd int, err error) {
	const recursive = unix.AT_RECURSIVE
	fd, err = unix.OpenTree(at, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_EMPTY_PATH|recursive)
	if err != nil {
		return none, fmt.Errorf("copy the mount of %q: %w", path, old(err))
	}
	err = unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|recursive, &unix.MountAttr{Attr_set: attributes})
	if err != nil {
		unix.Close(fd)
		return none, fmt.Errorf("make the copied mount of %q read-only: %w", path, old(err))
	}
	return fd, nil
}

// attach mounts a detached mount at target and closes it.
func attach(fd int, target string) error {
	defer unix.Close(fd)
	if err := unix.MoveMount(fd, "", unix.AT_FDCWD, target, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("mount on %s: %w", target, err)
	}
	return nil
}

// old explains the error of a kernel that lacks a system call.
func old(err error) error {
	if errors.Is(err, unix.ENOSYS) {
		return fmt.Errorf("%w (needs Linux 5.12): %w", ErrNotSupported, err)
	}
	return err
}
