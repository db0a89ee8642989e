package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"tracer/sim/confine"
	"tracer/sim/permit"
)

// Whatever reads a stranger's file does so in a second process, which has none of this
// one's rights (package confine). A verb is thus run twice: the first process opens
// what is to be read, hands it over and waits, and the second does the work. Where
// there is nothing to give up, one process does both.

// confined goes on in a user namespace, and reports whether it did: all is done then.
// It is for what builds labs. Root, to whom user namespaces may be forbidden as well,
// can do without.
func confined(s confine.Second) (entered bool, err error) {
	if confine.IsSecond() || confine.Confined() {
		return false, nil
	}
	code, err := confine.Enter(s)
	switch {
	case errors.Is(err, confine.ErrPrivilege) && confine.Capable():
		return false, nil
	case err != nil:
		return false, explained(err)
	}
	return true, ended(code)
}

// demoted goes on without root's rights, and reports whether it did. It is for what
// only reads.
func demoted(s confine.Second) (entered bool, err error) {
	if confine.IsSecond() || !confine.Demotable() {
		return false, nil
	}
	code, err := confine.Demote(s)
	if err != nil {
		return false, err
	}
	return true, ended(code)
}

// ended is how the second process has ended, as an error that it has told. A signal
// that came before it was ready for one has ended it without a word.
func ended(code int) error {
	switch code {
	case 0:
		return nil
	case 128 + int(syscall.SIGINT), 128 + int(syscall.SIGTERM), 128 + int(syscall.SIGHUP):
		return errInterrupted
	}
	return exitCode(code)
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

// files are what the first process has opened for this one.
func files() []*os.File {
	h, _ := confine.Received()
	return h.Files
}
