//go:build !linux

package nftrace

import (
	"errors"
	"fmt"
	"runtime"
)

// Probe exists only on Linux.
type Probe struct{}

// Install returns an error that wraps [errors.ErrUnsupported].
func Install(Config) (*Probe, error) {
	return nil, fmt.Errorf("install rule trace on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Close does nothing.
func (p *Probe) Close() error { return nil }

// Marks returns false.
func (p *Probe) Marks() bool { return false }

// Unmark does nothing.
func (p *Probe) Unmark() error { return nil }

// Untraced returns 0.
func (p *Probe) Untraced() (uint64, error) { return 0, nil }

// TraceFirst does nothing.
func (p *Probe) TraceFirst(Family) error { return nil }
