package main

import (
	"os"

	"tracer/sim/confine"
)

// unnamed returns a temporary file. Where the system allows it, the file has no name, so it
// disappears however the process ends; otherwise name is the file to remove.
func unnamed() (f *os.File, name string, err error) {
	for _, dir := range []string{"", "/tmp", "/var/tmp"} { // TMPDIR may belong to root
		if f, err = os.CreateTemp(dir, "tracer-*"); err == nil {
			break
		}
	}
	if err != nil {
		if f, err := confine.Memory("tracer"); err == nil { // a container may have no writable directory
			return f, "", nil
		}
		return nil, "", err
	}
	if os.Remove(f.Name()) != nil { // Windows keeps the names of open files
		name = f.Name()
	}
	return f, name, nil
}
