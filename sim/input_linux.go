package sim

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// given marks the environment of a process that has an input from [Enter], with its
// file descriptor.
const given = "TRACER_INPUT"

// Input returns what [Enter] was given for this process. The second process cannot
// read everything that the first could: what was read from a pipe is not there any
// more, and root, in a user namespace, may not open everybody's files.
func Input() ([]byte, error) {
	fd, err := strconv.Atoi(os.Getenv(given))
	if err != nil {
		return nil, fmt.Errorf("there is no input: %w", err)
	}
	f := os.NewFile(uintptr(fd), "input")
	defer f.Close() // it was only read from
	return io.ReadAll(f)
}

// memory returns a file, in memory, that holds a text.
func memory(text []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("input", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("file in memory: %w", err)
	}
	f := os.NewFile(uintptr(fd), "input")
	if _, err := f.Write(text); err != nil {
		_ = f.Close() // the first error is told
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		_ = f.Close() // the first error is told
		return nil, err
	}
	return f, nil
}
