package netns

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// childTCPTable sets the number of buckets in the TCP connection table of namespaces
// created from this thread's (Linux 6.1).
const childTCPTable = "/proc/sys/net/ipv4/tcp_child_ehash_entries"

// NewParent creates a namespace in which others are created with [Namespace.New]. These
// get a small TCP connection table of their own. Otherwise they would share the
// machine's, and listing one namespace's connections would make the kernel walk all of
// it, which takes a millisecond or more.
func NewParent() (*Namespace, error) {
	ns, err := New()
	if err != nil {
		return nil, err
	}
	err = ns.Do(func() error {
		err := os.WriteFile(childTCPTable, []byte("1024"), 0)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) {
			return nil // before Linux 6.1, or in a container: slower, but otherwise the same
		}
		return err
	})
	if err != nil {
		ns.Close()
		return nil, err
	}
	return ns, nil
}
