package main

import (
	"os"

	"tracer/sim/confine"
)

// unnamed returns a temporary file without a name, where the system allows that:
// nothing is left of it however the process ends. name is empty, or what to remove.
func unnamed() (f *os.File, name string, err error) {
	for _, dir := range []string{"", "/tmp", "/var/tmp"} { // TMPDIR may be root's own
		if f, err = os.CreateTemp(dir, "tracer-*"); err == nil {
			break
		}
	}
	if err != nil {
		if f, err := confine.Memory("tracer"); err == nil { // a container may have no place for files
			return f, "", nil
		}
		return nil, "", err
	}
	if os.Remove(f.Name()) != nil { // Windows keeps the names of open files
		name = f.Name()
	}
	return f, name, nil
}
