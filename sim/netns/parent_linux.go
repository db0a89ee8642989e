package netns

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// childTCPTable is how many buckets the table of TCP connections has in namespaces
// made from this thread's (Linux 6.1).
const childTCPTable = "/proc/sys/net/ipv4/tcp_child_ehash_entries"

// NewParent makes a namespace for others to be made in, with [Namespace.New]. These
// get a small table of TCP connections of their own. Otherwise they would share the
// machine's, and to list the connections of one namespace the kernel looks through
// all of it, which takes a millisecond or more each time.
func NewParent() (*Namespace, error) {
	ns, err := New()
	if err != nil {
		return nil, err
	}
	err = ns.Do(func() error {
		err := os.WriteFile(childTCPTable, []byte("1024"), 0)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) {
			return nil // before Linux 6.1, or in a container: slower, and no different
		}
		return err
	})
	if err != nil {
		ns.Close()
		return nil, err
	}
	return ns, nil
}
