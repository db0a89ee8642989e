//go:build !linux

package conntrack

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/mdlayher/netlink"
)

// Decode returns an error that wraps [errors.ErrUnsupported]: the library that
// it stands on knows netfilter on Linux only.
func Decode(netlink.Message) (Event, error) {
	return Event{}, fmt.Errorf("conntrack event on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}
