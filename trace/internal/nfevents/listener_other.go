//go:build !linux

package nfevents

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/mdlayher/netlink"
)

// listener exists only on Linux: elsewhere listen fails, and nothing else is called.
type listener struct{}

func listen(int, ...int) (*listener, error) {
	return nil, fmt.Errorf("netfilter events on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

func (l *listener) run(func(netlink.Message)) error { return errors.ErrUnsupported }
func (l *listener) idle() time.Time                 { return time.Time{} }
func (l *listener) lastIdle() time.Time             { return time.Time{} }
func (l *listener) stop()                           {}
func (l *listener) overflows() uint64               { return 0 }
func (l *listener) close() error                    { return nil }
