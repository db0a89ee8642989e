package stitch_test

import (
	"testing"

	"tracer/trace/stitch"
)

// file opens a capture file until the test has ended.
func file(t testing.TB, path string) stitch.Source { return namedFile(t, "", path) }

// namedFile does so, and says what the place is called.
func namedFile(t testing.TB, name, path string) stitch.Source {
	t.Helper()
	s, f, err := stitch.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // it was only read from
	s.Name = name
	return s
}
