//go:build !linux

package probe

import (
	"context"
	"runtime"

	"tracer/sim"
	"tracer/trace/doctor"
)

// Machine returns the probe of this machine. It reports that labs need Linux.
func Machine() doctor.Probe { return machine{} }

type machine struct{}

func (machine) Try(context.Context, doctor.Feature) error {
	return &sim.OpError{Op: "build labs on", Node: runtime.GOOS, Err: sim.ErrNotSupported}
}
