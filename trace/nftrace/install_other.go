//go:build !linux

package nftrace

import (
	"errors"
	"fmt"
	"runtime"
)

// Install returns an error that wraps [errors.ErrUnsupported].
func Install(Probe) error {
	return fmt.Errorf("install rule trace on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}
