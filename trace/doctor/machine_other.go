//go:build !linux

package doctor

import (
	"context"
	"runtime"

	"tracer/sim"
)

// Machine returns the probe of this machine. It reports that labs need Linux.
func Machine() Probe { return machine{} }

type machine struct{}

func (machine) Try(context.Context, Feature) error {
	return &sim.OpError{Op: "build labs on", Node: runtime.GOOS, Err: sim.ErrNotSupported}
}
