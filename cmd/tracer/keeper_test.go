package main

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// keeping opens a directory to save to, and returns a function that makes requests as a
// second process would.
func keeping(t *testing.T, out string) (k *keeper, ask func(name, argument string, file *os.File) error) {
	t.Helper()
	k = &keeper{results: &local{path: out}}
	t.Cleanup(k.close)
	handlers := k.handlers()
	return k, func(name, argument string, file *os.File) error {
		_, err := handlers[name]([]byte(argument), file)
		return err
	}
}

// filled returns the reading end of a pipe with a text.
func filled(t *testing.T, text string) *os.File {
	t.Helper()
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = out.Close() }) // it was only read from
	go func() {
		_, _ = io.WriteString(in, text) // the reader may have refused it
		_ = in.Close()
	}()
	return out
}

func names(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// The second process's files are saved, under the names of results.
func TestKeeper(t *testing.T) {
	dir := t.TempDir()
	k, ask := keeping(t, dir)
	for _, err := range []error{
		ask(askBegin, "", nil), ask(askWrite, "trace.json", filled(t, "{}")), ask(askWrite, "docker0.pcap", filled(t, "x")), ask(askCommit, "", nil),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	k.close()
	if got := names(t, dir); !slices.Equal(got, []string{".tracer.sha256", "docker0.pcap", "trace.json"}) {
		t.Errorf("%q", got)
	}
}

// A second process compromised by a file can save results where the user wanted them, and
// nothing else.
func TestKeeperHostile(t *testing.T) {
	above := t.TempDir()
	dir := filepath.Join(above, "out")
	t.Chdir(above)
	k, ask := keeping(t, dir)
	file, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() // it is only read from
	refused := func(name, argument string, file *os.File) {
		t.Helper()
		if err := ask(name, argument, file); err == nil {
			t.Errorf("%s %q was done", name, argument)
		}
	}
	refused(askWrite, "trace.json", filled(t, "early"))
	refused(askCommit, "", nil)
	refused(askDiscard, "", nil)
	for _, name := range []string{"new", "..", "../new", above} {
		refused(askBegin, name, nil)
	}
	if err := ask(askBegin, "", nil); err != nil {
		t.Fatal(err)
	}
	refused(askBegin, "", nil)
	for _, name := range []string{"", ".", "..", "../x.pcap", "/x.pcap", "a/b.pcap", ".x.pcap", ".tracer.sha256", ".bashrc", "x.sh", "x", "con.pcap", "a\x00.pcap", strings.Repeat("a", 300) + ".pcap"} {
		refused(askWrite, name, filled(t, "x"))
	}
	refused(askWrite, "trace.json", nil)
	refused(askWrite, "trace.json", file)
	if err := ask(askWrite, "trace.json", filled(t, "half")); err != nil {
		t.Error(err)
	}
	k.close() // the second process has ended without committing
	if got := names(t, dir); len(got) > 0 {
		t.Errorf("%q", got)
	}
	if got := names(t, above); !slices.Equal(got, []string{"out"}) {
		t.Errorf("%q", got)
	}
	// Without --out, new directories, and nowhere else.
	k, ask = keeping(t, "")
	for _, name := range []string{"", ".", "..", "../x", "/x", "a/b", ".x", "-x", "a\x00", "out"} {
		refused(askBegin, name, nil)
	}
	if err := ask(askBegin, "x-trace", nil); err != nil {
		t.Error(err)
	}
	k.close()
	if got := names(t, above); !slices.Equal(got, []string{"out", "x-trace"}) {
		t.Errorf("%q", got)
	}
}
