//go:build !linux

package conntrack

import (
	"errors"

	"github.com/mdlayher/netlink"
)

// decode is never called, because Listen fails. The library that decodes events builds
// only on Linux.
func decode(netlink.Message) (Event, error) { return Event{}, errors.ErrUnsupported }

// List returns [errors.ErrUnsupported].
func List() ([]Entry, error) { return nil, errors.ErrUnsupported }
