package main

import (
	"errors"
	"fmt"
	"syscall"

	"tracer/sim/confine"
	"tracer/sim/permit"
)

// Untrusted files are read by a second process, without this one's rights (package confine).
// So a verb runs twice: the first process opens its input, hands it over and waits, and the
// second does the work. Without rights to give up, one process does both.

// confined runs this verb in a second process in a user namespace. entered reports that it
// did, and has ended. It is for verbs that build labs. If even root cannot create user
// namespaces, root continues in this process.
func confined(s confine.Second) (entered bool, err error) {
	if confine.IsSecond() || confine.Confined() {
		return false, nil
	}
	code, err := confine.Reexec(s)
	switch {
	case errors.Is(err, confine.ErrPrivilege) && confine.Capable():
		return false, nil
	case err != nil:
		return false, explained(err)
	}
	return true, ended(code)
}

// demoted runs this verb in a second process without root's rights. entered reports that
// it did, and has ended. It is for verbs that only read.
func demoted(s confine.Second, signals *signals) (entered bool, err error) {
	if confine.IsSecond() || !confine.Demotable() {
		return false, nil
	}
	s.Begin = signals.handOver
	code, err := confine.Demote(s)
	switch {
	case errors.Is(err, errInterrupted):
		return false, errInterrupted
	case err != nil:
		return false, err
	}
	return true, ended(code)
}

// ended turns the second process's exit code into an error. That process has already printed
// its message, unless a signal killed it first.
func ended(code int) error {
	switch code {
	case 0:
		return nil
	case 128 + int(syscall.SIGINT), 128 + int(syscall.SIGTERM), 128 + int(syscall.SIGHUP):
		return errInterrupted
	}
	return exitCode(code)
}

// explained adds the reason why a user namespace was refused, if it is known.
func explained(err error) error {
	e := permit.Look()
	switch o := e.UserNamespaces(); o {
	case permit.None, permit.Unknown:
		return err
	default:
		return fmt.Errorf("%w: %w", confine.ErrPrivilege, &permit.DeniedError{Evidence: e, Obstacle: o, Err: err})
	}
}
