//go:build !linux

package netstate

import (
	"errors"
	"fmt"
	"runtime"

	"tracer/trace"
)

// Read returns an error that wraps [errors.ErrUnsupported].
func Read() (Namespace, error) {
	return Namespace{}, fmt.Errorf("network namespaces on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Reader reads namespaces.
type Reader struct{}

// Read is like the function [Read].
func (*Reader) Read() (Namespace, error) { return Read() }

// ReadCounts returns nothing.
func ReadCounts() trace.Counts { return trace.Counts{} }

// Release returns nothing.
func Release() string { return "" }
