package main

import (
	"os"

	"tracer/sim/confine"
)

// temporary is a file without a name, where the system allows that: nothing is left
// of it however the process ends.
type temporary struct {
	*os.File
	name     string // empty, or what to remove
	inMemory bool
}

// unnamed makes a temporary file.
func unnamed() (temporary, error) {
	var f *os.File
	var err error
	for _, dir := range []string{"", "/tmp", "/var/tmp"} { // TMPDIR may be root's own
		if f, err = os.CreateTemp(dir, "tracer-*"); err == nil {
			break
		}
	}
	if err != nil {
		if f, err := confine.Memory("tracer"); err == nil { // a container may have no place for files
			return temporary{File: f, inMemory: true}, nil
		}
		return temporary{}, err
	}
	t := temporary{File: f}
	if os.Remove(f.Name()) != nil { // Windows keeps the names of open files
		t.name = f.Name()
	}
	return t, nil
}
