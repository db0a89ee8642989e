package main

import (
	"errors"
	"os"
	"runtime"

	"tracer/sim/confine"
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
		return false, err
	case code != 0:
		return true, exitCode(code)
	}
	return true, nil
}

// labHint returns the one command that would let this user build labs.
func labHint() string {
	if runtime.GOOS != "linux" {
		return "run tracer on Linux"
	}
	if _, command := confine.Forbidden(); command != "" {
		return command
	}
	return "sudo " + escape.Command(os.Args)
}
