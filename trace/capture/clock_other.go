//go:build !linux

package capture

import (
	"errors"
	"fmt"
	"runtime"
)

// Clock exists only on Linux.
type Clock struct{}

// StartClock returns an error that wraps [errors.ErrUnsupported].
func StartClock() (*Clock, error) {
	return nil, fmt.Errorf("frame timestamps on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Close does nothing.
func (c *Clock) Close() error { return nil }
