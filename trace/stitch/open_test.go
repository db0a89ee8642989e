package stitch

import "testing"

// file opens a capture file until the test has ended.
func file(t testing.TB, path string) Source { return namedFile(t, "", path) }

// namedFile does so, and says what the place is called.
func namedFile(t testing.TB, name, path string) Source {
	t.Helper()
	s, f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() }) // it was only read from
	s.Name = name
	return s
}
