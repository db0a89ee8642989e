//go:build !linux

package nfevents

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/mdlayher/netlink"
)

// Listener cannot exist here.
type Listener struct{}

// Listen returns an error that wraps [errors.ErrUnsupported].
func Listen(groups ...int) (*Listener, error) {
	return nil, fmt.Errorf("netfilter events on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Run returns an error that wraps [errors.ErrUnsupported].
func (l *Listener) Run(f func(netlink.Message)) error { return errors.ErrUnsupported }

// Stop does nothing.
func (l *Listener) Stop() {}

// Lost returns 0.
func (l *Listener) Lost() uint64 { return 0 }

// Close does nothing.
func (l *Listener) Close() error { return nil }
