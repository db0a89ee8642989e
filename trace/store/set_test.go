package store

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func open(t *testing.T, path string) *Dir {
	t.Helper()
	d, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() }) // what was written to it is closed
	return d
}

// save saves files with contents.
func save(d *Dir, files map[string]string) error {
	s, err := d.Begin()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := s.Write(name, content(files[name])); err != nil {
			return errors.Join(err, s.Discard())
		}
	}
	return s.Commit()
}

func content(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

func mustSave(t *testing.T, d *Dir, files map[string]string) {
	t.Helper()
	if err := save(d, files); err != nil {
		t.Fatal(err)
	}
}

// holds reads a directory, without the list.
func holds(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		if e.Name() == listFile {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

func same(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	if got := holds(t, dir); !maps.Equal(got, want) {
		t.Errorf("%s holds %q, not %q", dir, got, want)
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

var (
	first  = map[string]string{"trace.json": "one", "a.pcap": "1", "b.pcap": "1", "one.pcapng": "1", "one.html": "1"}
	second = map[string]string{"trace.json": "two", "b.pcap": "2", "c.pcap": "2", "two.pcapng": "2", "two.html": "2"}
)

// A set replaces the one before it, and nothing else in the directory.
func TestReplace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "deep")
	d := open(t, dir)
	mustSave(t, d, first)
	same(t, dir, first)
	put(t, filepath.Join(dir, "notes.txt"), "mine")
	mustSave(t, d, second)
	want := maps.Clone(second)
	want["notes.txt"] = "mine"
	same(t, dir, want)
	for name := range second {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	mustSave(t, d, nil)
	same(t, dir, map[string]string{"notes.txt": "mine"})
}

// Captures that are not of a set that tracer saved are not lost, and nothing changes.
func TestForeign(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, dir string){
		"another capture":    func(t *testing.T, dir string) { put(t, filepath.Join(dir, "mine.pcap"), "mine") },
		"another page":       func(t *testing.T, dir string) { put(t, filepath.Join(dir, "mine.html"), "mine") },
		"in capitals":        func(t *testing.T, dir string) { put(t, filepath.Join(dir, "MINE.PCAPNG"), "mine") },
		"changed":            func(t *testing.T, dir string) { put(t, filepath.Join(dir, "a.pcap"), "edited") },
		"a directory":        func(t *testing.T, dir string) { mkdir(t, filepath.Join(dir, "c.pcap")) },
		"no list":            func(t *testing.T, dir string) { remove(t, filepath.Join(dir, listFile)) },
		"a list of nonsense": func(t *testing.T, dir string) { put(t, filepath.Join(dir, listFile), "nonsense\n") },
		// A stranger's list, with the name of what is not theirs and not known to them.
		"a list of others' files": func(t *testing.T, dir string) {
			put(t, filepath.Join(dir, "mine.pcap"), "mine")
			f, err := os.OpenFile(filepath.Join(dir, listFile), os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = io.WriteString(f, strings.Repeat("0", 64)+"  mine.pcap\n")
			if err := errors.Join(err, f.Close()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			d := open(t, dir)
			mustSave(t, d, first)
			spoil(t, dir)
			before := entries(t, dir)
			ready := d.Ready()
			if ready == nil || !strings.Contains(ready.Error(), dir) {
				t.Errorf("ready: %v", ready)
			}
			if err := save(d, second); err == nil || err.Error() != ready.Error() {
				t.Errorf("%v, but before that %v", err, ready)
			}
			if after := entries(t, dir); !slices.Equal(before, after) {
				t.Errorf("%v became %v", before, after)
			}
			if b, err := os.ReadFile(filepath.Join(dir, "trace.json")); err != nil || string(b) != "one" {
				t.Errorf("trace.json: %q, %v", b, err)
			}
		})
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// A list names results in its directory, and nothing elsewhere.
func TestList(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	for _, line := range []string{
		"", sum, sum + " a.pcap", sum + "  ", sum + "  ../a.pcap", sum + "  /etc/a.pcap", sum + "  a/b.pcap", sum + "  .pcap", sum + "  notes.txt",
		sum + "  .tracer.sha256", sum + "  a.pcap\x00", sum + "  a b.pcap", sum[2:] + "  a.pcap", "zz" + sum[2:] + "  a.pcap", sum + "  con.pcap", sum + "  " + strings.Repeat("a", 300) + ".pcap",
	} {
		if l, err := parseList([]byte(line + "\n")); err == nil {
			t.Errorf("%q is read as %v", line, l)
		}
	}
	if _, err := parseList(make([]byte, maxList+1)); err == nil {
		t.Error("there is no end")
	}
	text := sum + "  a.pcap\n" + strings.Repeat("cd", 32) + "  a.pcap\n" + sum + "  trace.json\n"
	l, err := parseList([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := l.write(&b); err != nil || b.String() != text {
		t.Errorf("%v: %q", err, b.String())
	}
}

// An error while a file is written leaves what was there, and nothing else.
func TestBroken(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	mustSave(t, d, first)
	broken := errors.New("broken")
	s, err := d.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Write("a.pcap", content("new")); err != nil {
		t.Fatal(err)
	}
	if err := s.Write("b.pcap", func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	for _, name := range []string{"../x.pcap", "", ".", "x", "a/b.pcap", ".pcap", listFile} {
		if err := s.Write(name, content("x")); err == nil {
			t.Errorf("%q can be written", name)
		}
	}
	if err := s.Discard(); err != nil {
		t.Error(err)
	}
	same(t, dir, first)
}

// Whoever is killed after any of the steps leaves nothing that is not on the list.
func TestSteps(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	mustSave(t, d, first)
	s, err := d.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range second {
		if err := s.Write(name, content(text)); err != nil {
			t.Fatal(err)
		}
	}
	steps, err := s.steps(d)
	if err != nil || len(steps) != len(second)+5 { // two lists, three files that go
		t.Fatalf("%d steps, %v", len(steps), err)
	}
	for _, f := range steps {
		if err := f.take(d); err != nil {
			t.Fatal(err)
		}
		if _, err := d.earlier(); err != nil {
			t.Errorf("after %s: %v", f.name, err)
		}
	}
	if err := s.Discard(); err != nil {
		t.Error(err)
	}
	same(t, dir, second)
}

// When one of several files cannot take its name, the others give theirs back.
func TestUndo(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	mustSave(t, d, first)
	s, err := d.Begin()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.pcap", "new.pcap", "wall.pcap", "z.pcap"} {
		if err := s.Write(name, content("new")); err != nil {
			t.Fatal(err)
		}
	}
	mkdir(t, filepath.Join(dir, "wall.pcap"))
	if err := s.replace(append([]staged{{name: "b.pcap"}}, s.files...)); err == nil || !strings.Contains(err.Error(), "wall.pcap") {
		t.Errorf("%v", err)
	}
	if err := s.Discard(); err != nil {
		t.Error(err)
	}
	remove(t, filepath.Join(dir, "wall.pcap"))
	same(t, dir, first)
}

// Files that a killed process left are removed by the next one, those of a living one
// are not, and neither are files that are called similarly.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir)
	living, err := d.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if err := living.Write("a.pcap", content("of the living")); err != nil {
		t.Fatal(err)
	}
	const left = ".tracer-0123456789abcdef"
	for _, name := range []string{left, left + "-1", left + "-20", ".tracer-aaaaaaaaaaaaaaaa-1"} {
		put(t, filepath.Join(dir, name), "left")
	}
	others := []string{".tracer-", ".tracer-0123", left + "x", left + "-", left + "-x", "x" + left, ".tracer-0123456789ABCDEF", ".tracer-gggggggggggggggg"}
	for _, name := range others {
		put(t, filepath.Join(dir, name), "somebody's")
	}
	mustSave(t, open(t, dir), map[string]string{"trace.json": "one"})
	want := map[string]string{"trace.json": "one", living.temps.prefix: "", living.temps.prefix + "-1": "of the living"}
	for _, name := range others {
		want[name] = "somebody's"
	}
	if os.PathSeparator == '/' { // where there are locks
		same(t, dir, want)
	}
	if err := living.Commit(); err != nil {
		t.Fatal(err)
	}
	delete(want, living.temps.prefix)
	delete(want, living.temps.prefix+"-1")
	delete(want, "trace.json")
	want["a.pcap"] = "of the living"
	same(t, dir, want)
}

// A single file is replaced as a whole, or stays.
func TestWriteFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "any name.txt")
	for _, text := range []string{"one", "two"} {
		if err := WriteFile(path, nil, content(text)); err != nil {
			t.Fatal(err)
		}
		same(t, dir, map[string]string{"any name.txt": text})
	}
	broken := errors.New("broken")
	if err := WriteFile(path, nil, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	same(t, dir, map[string]string{"any name.txt": "two"})
	for _, wrong := range []string{"", ".", "..", dir, dir + "/", filepath.Join(dir, "none", "x"), filepath.Join(path, "x")} {
		if err := WriteFile(wrong, nil, content("x")); err == nil {
			t.Errorf("%q can be written", wrong)
		}
	}
	same(t, dir, map[string]string{"any name.txt": "two"})
}

// A new directory is one that was not there.
func TestMake(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "there"), "")
	d, err := Make(filepath.Join(dir, "new"), nil)
	if err != nil {
		t.Fatal(err)
	}
	mustSave(t, d, first)
	same(t, filepath.Join(dir, "new"), first)
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]error{
		"there": fs.ErrExist, "new": fs.ErrExist, strings.Repeat("x", 256): nil, "a\x00b": nil, "no/such": fs.ErrNotExist,
	} {
		if d, err := Make(filepath.Join(dir, name), nil); err == nil || want != nil && !errors.Is(err, want) || want == nil && errors.Is(err, fs.ErrExist) {
			t.Errorf("%q: %v, %v", name, d, err)
		}
	}
}
