package main

import (
	"errors"
	"fmt"

	"tracer/sim"
	"tracer/sim/permit"
)

// confine runs this program again in a user namespace, and reports whether it did:
// all is done then. It is for what builds labs and looks at packets. input is what the
// other process gets from sim.Input. Root, to whom
// user namespaces may be forbidden as well, can do without.
func confine(input []byte) (entered bool, err error) {
	if sim.Confined() {
		return false, nil
	}
	code, err := sim.Enter(input)
	switch {
	case errors.Is(err, sim.ErrPrivilege) && sim.Privileged():
		return false, nil
	case err != nil:
		return false, explained(err)
	case code != 0:
		return true, exitCode(code)
	}
	return true, nil
}

// explained says of a user namespace that could not be had what was in the way, if
// that can be told.
func explained(err error) error {
	e := permit.Look()
	switch o := e.UserNamespaces(); o {
	case permit.None, permit.Unknown:
		return err
	default:
		return fmt.Errorf("%w: %w", sim.ErrPrivilege, &permit.DeniedError{Evidence: e, Obstacle: o, Err: err})
	}
}
