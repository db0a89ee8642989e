package sim

import (
	"errors"
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// labNode is one node of a lab: its description and its kernel objects.
type labNode struct {
	Node
	ns      *netns.Namespace
	route   *netlink.Handle // rtnetlink, in the node's namespace
	devices []string        // its interfaces, without the loopback
	carry   []string        // those that can carry frames

	six       bool        // it has IPv6 addresses
	unwritten []unwritten // parameters that could not be written to /proc/sys
}

// Do runs f on the node's thread.
func (n *labNode) Do(f func() error) error {
	err := n.ns.Do(f)
	if errors.Is(err, netns.ErrClosed) {
		return errClosed
	}
	return err
}

var errClosed = errors.New("the lab is closed")

// fail wraps a kernel error with the failed step.
func (n *labNode) fail(op, object string, err error) error {
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EPROTONOSUPPORT) {
		err = fmt.Errorf("%w: %w", ErrNotSupported, err)
	}
	return &OpError{Op: op, Node: n.Name, Object: object, Err: privilege(err)}
}

// namespaceError is the error for a namespace that could not be created.
func namespaceError(err error) error {
	return fmt.Errorf("new network namespace: %w", privilege(err))
}

// privilege adds ErrPrivilege to errors that mean a lack of permission.
func privilege(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return fmt.Errorf("%w: %w", ErrPrivilege, err)
	}
	return err
}
