package confine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// A program's file system:
//
//	/            tmpfs, read-only
//	/usr /bin …  the machine's, read-only
//	/etc         the machine's, except hosts and resolv.conf
//	/dev         null, zero, full, random, urandom
//	/proc        the program's own processes; read-only, including /proc/sys
//	/tmp /run /dev/shm   empty, limited in size
//	/app         a copy of the scenario's directory, read-only

// shared lists the machine's directories of programs and libraries. Missing ones are
// skipped. None may contain a running service's socket.
var shared = []string{"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/usr", "/etc", "/nix/store"}

var devices = []string{"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"}

// applicationDirectory is the path of the scenario's directory in the new root.
const applicationDirectory = "/app"

// bases are possible mount points for the new root while it is assembled. Every system
// and every container has at least one.
var bases = []string{"/tmp", "/run", "/mnt", "/proc"}

// fileSystem replaces the root of this process's own mount namespace.
func (s *stage) fileSystem() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("mount namespace: %w", err)
	}
	parts, err := s.collect()
	if err != nil {
		return err
	}
	directory, err := s.open()
	if err != nil {
		return err
	}
	base, err := newRoot()
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := p.place(base); err != nil {
			return err
		}
	}
	if err := s.names(base); err != nil {
		return err
	}
	if s.Directory != "" {
		if err := s.copyApplication(directory, base); err != nil {
			return err
		}
	}
	if err := processes(base); err != nil {
		return fmt.Errorf("/proc: %w", err)
	}
	if err := switchRoot(base); err != nil {
		return fmt.Errorf("new root: %w", err)
	}
	if err := own(); err != nil {
		return err
	}
	if err := unix.Mount("", "/", "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY|unix.MS_NOSUID|unix.MS_NODEV, ""); err != nil {
		return fmt.Errorf("read-only root: %w", err)
	}
	if s.Directory != "" {
		return unix.Chdir(applicationDirectory)
	}
	return unix.Chdir("/")
}

// switchRoot makes base the root of this mount namespace.
func switchRoot(base string) error {
	if err := unix.Chdir(base); err != nil {
		return err
	}
	err := unix.PivotRoot(".", ".")
	if errors.Is(err, unix.EPERM) {
		// Docker's seccomp profile refuses it. The old root is covered by a mount
		// instead, and stays out of reach: the program's own filter refuses chroot(2)
		// and the other system calls that could leave a root.
		if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
			return err
		}
		if err := unix.Chroot("."); err != nil {
			return err
		}
		return unix.Chdir("/")
	}
	if err != nil {
		return err
	}
	// The old root is now mounted on top of the new one: unmount it (pivot_root(2),
	// NOTES).
	return unix.Unmount(".", unix.MNT_DETACH)
}

// part is one of the machine's files or directories that the new root will contain.
type part struct {
	path      string
	link      string // the target, if it is a symbolic link
	tree      int    // otherwise a detached mount
	directory bool
}

// collect opens the parts while the machine's file system is still visible.
func (s *stage) collect() (parts []part, err error) {
	for _, path := range shared {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, os.ErrNotExist):
			continue
		case err != nil:
			return nil, err
		}
		p := part{path: path, directory: true}
		if info.Mode()&os.ModeSymlink != 0 {
			p.link, err = os.Readlink(path)
		} else {
			p.tree, err = cloneTree(unix.AT_FDCWD, path)
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	for _, path := range devices {
		tree, err := clone(unix.AT_FDCWD, path, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NOEXEC)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{path: path, tree: tree})
	}
	return parts, nil
}

// place makes a part visible below base.
func (p part) place(base string) error {
	target := filepath.Join(base, p.path)
	if p.link != "" {
		return os.Symlink(p.link, target)
	}
	err := os.MkdirAll(filepath.Dir(target), 0o755)
	if err != nil {
		return err
	}
	if p.directory {
		err = os.Mkdir(target, 0o755)
	} else {
		err = os.WriteFile(target, nil, 0o644)
	}
	if err != nil {
		return err
	}
	return attach(p.tree, target)
}

// newRoot mounts an empty file system.
func newRoot() (base string, err error) {
	err = os.ErrNotExist
	for _, base := range bases {
		if err = unix.Mount("tmpfs", base, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755,size=1m,nr_inodes=256"); err == nil {
			return base, nil
		}
	}
	return "", fmt.Errorf("new root: %w", err)
}

// own mounts the program's own directories.
func own() error {
	for _, dir := range []string{"/tmp", "/run", "/dev/shm"} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		options := fmt.Sprintf("mode=1777,size=%d,nr_inodes=4096", maxFile)
		if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	for link, to := range map[string]string{"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2"} {
		if err := os.Symlink(to, link); err != nil {
			return err
		}
	}
	return nil
}

// processes mounts /proc. The kernel allows this only while another one is fully visible
// (mount_too_revealing in fs/namespace.c).
func processes(base string) error {
	at := filepath.Join(base, "proc")
	if err := os.Mkdir(at, 0o755); err != nil {
		return err
	}
	err := unix.Mount("proc", at, "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC|unix.MS_RDONLY, "")
	if errors.Is(err, unix.EPERM) {
		return nil // most containers refuse it; the program then has no /proc
	}
	return err
}
