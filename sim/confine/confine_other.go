//go:build !linux

package confine

import (
	"fmt"
	"os"
	"runtime"
)

// Main does nothing: scenarios' programs run on Linux only.
func Main() {}

// Capable returns true: no rights can be missing here.
func Capable() bool { return true }

// Confined returns true: there are no rights to give up here.
func Confined() bool { return true }

// IsSecond returns false: there is only one process.
func IsSecond() bool { return false }

// Demotable returns false.
func Demotable() bool { return false }

// Reexec returns an error that wraps [ErrNotSupported].
func Reexec(Second) (exitCode int, err error) { return 0, notLinux() }

// Demote returns an error that wraps [ErrNotSupported].
func Demote(Second) (exitCode int, err error) { return 0, notLinux() }

// Received returns nothing.
func Received() (h Handed, ok bool) { return h, false }

// Ask returns [ErrNobody].
func Ask(string, []byte, *os.File) ([]byte, error) { return nil, ErrNobody }

// Memory returns an error that wraps [ErrNotSupported].
func Memory(string) (*os.File, error) { return nil, notLinux() }

func notLinux() error {
	return fmt.Errorf("%w: labs are made of Linux network namespaces, this is %s", ErrNotSupported, runtime.GOOS)
}
