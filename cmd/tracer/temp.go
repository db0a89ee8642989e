package main

import (
	"os"

	"tracer/sim/confine"
)

// temporary is a temporary file. If the system allows it, the file has no name, so it
// disappears however the process ends.
type temporary struct {
	*os.File
	name     string // to remove; empty if the file has none
	inMemory bool
}

// unnamed creates a temporary file.
func unnamed() (temporary, error) {
	var f *os.File
	var err error
	for _, dir := range []string{"", "/tmp", "/var/tmp"} { // TMPDIR may belong to root
		if f, err = os.CreateTemp(dir, "tracer-*"); err == nil {
			break
		}
	}
	if err != nil {
		if f, err := confine.Memory("tracer"); err == nil { // a container may have no writable directory
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
