//go:build !linux

package sim

import (
	"context"
	"fmt"
	"runtime"
)

// Lab is a running network. It exists only on Linux.
type Lab struct{}

// Build returns an error that wraps [ErrNotSupported].
func Build(ctx context.Context, t Topology, opts Options) (*Lab, error) {
	if err := t.Validate(); err != nil {
		return nil, err
	}
	return nil, notLinux()
}

// Topology returns an empty topology.
func (l *Lab) Topology() Topology { return Topology{} }

// Do returns an error that wraps [ErrNotSupported].
func (l *Lab) Do(node string, f func() error) error { return notLinux() }

// Send returns a response with an error that wraps [ErrNotSupported].
func (l *Lab) Send(ctx context.Context, r Request) Response { return Response{Err: notLinux()} }

// Idle returns an error that wraps [ErrNotSupported].
func (l *Lab) Idle() (bool, error) { return false, notLinux() }

// Splices returns nothing.
func (l *Lab) Splices() []Splice { return nil }

// Close does nothing.
func (l *Lab) Close() error { return nil }

func notLinux() error {
	return fmt.Errorf("%w: labs need Linux network namespaces, and this is %s", ErrNotSupported, runtime.GOOS)
}

// System names the operating system.
func System() string { return runtime.GOOS }
