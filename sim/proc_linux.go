package sim

import (
	"errors"
	"fmt"
	"os"
)

// mountProc is the command that mends a machine without /proc.
const mountProc = "mount -t proc proc /proc"

// needProc returns an error where /proc is not mounted, as in a chroot or a container
// that was put together by hand. Kernel parameters are there, and this very program.
func needProc() error {
	if _, err := os.Lstat("/proc/self/exe"); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: /proc is not mounted", ErrNotSupported)
	}
	return nil
}
