package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"runtime"

	"tracer/sim/confine"
	"tracer/sim/permit"
	"tracer/trace/escape"
)

// confined runs this program again in a user namespace, and reports whether it did:
// all is done then. It is for what builds labs. Root, to whom user namespaces may be
// forbidden as well, can do without.
func confined(s confine.Second) (entered bool, err error) {
	if confine.Confined() {
		return false, nil
	}
	code, err := confine.Enter(s)
	switch {
	case errors.Is(err, confine.ErrPrivilege) && confine.Capable():
		return false, nil
	case err != nil:
		return false, explained(err)
	case code != 0:
		return true, exitCode(code)
	}
	return true, nil
}

// labHint returns what would let this user build labs: a command, or an option.
func labHint() string {
	if runtime.GOOS != "linux" {
		return "run tracer on Linux"
	}
	e := permit.Look()
	r := e.Remedy(e.UserNamespaces(), quotedArgs())
	return cmp.Or(r.Command, r.Otherwise)
}

// quotedArgs is this command line, as it can be given to a shell.
func quotedArgs() []string {
	list := make([]string, len(os.Args))
	for i, a := range os.Args {
		list[i] = escape.Quote(a)
	}
	return list
}

// explained says of a user namespace that could not be had what was in the way, if
// that can be told.
func explained(err error) error {
	e := permit.Look()
	switch o := e.UserNamespaces(); o {
	case permit.None, permit.Unknown:
		return err
	default:
		return fmt.Errorf("%w: %w", confine.ErrPrivilege, &permit.DeniedError{Evidence: e, Obstacle: o, Err: err})
	}
}
