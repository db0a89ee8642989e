package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tracer/sim/labtest"
)

// somebody is a user ID without a user.
const somebody = 12345

// In a directory that others can write to, root does not follow symbolic links or wait on
// pipes, and reports them before anything is built.
func TestOutTrap(t *testing.T) {
	needLab(t)
	for name, set := range map[string]func(path, elsewhere string) error{
		"symbolic link": func(path, elsewhere string) error { return os.Symlink(elsewhere, path) },
		"named pipe":    func(path, _ string) error { return syscall.Mkfifo(path, 0o666) },
		"directory":     func(path, _ string) error { return os.Mkdir(path, 0o777) },
	} {
		for _, file := range []string{"trace.json", "flask-demo.pcapng", "flask-demo.html", "docker0.pcap"} {
			dir, elsewhere := t.TempDir(), filepath.Join(t.TempDir(), "secret")
			for _, err := range []error{
				os.WriteFile(elsewhere, []byte("secret"), 0o600), os.Chmod(dir, 0o777), set(filepath.Join(dir, file), elsewhere),
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
			if os.Geteuid() == 0 {
				_ = os.Chown(dir, somebody, somebody) // if not possible, the test owns it
			}
			r := tracer(t, "run", "flask-demo", "--out", dir)
			if r.code != exitFailed || !strings.Contains(r.stderr, filepath.Join(dir, file)+" is a "+name) || r.stdout != "" {
				t.Errorf("%s as a %s: %+v", file, name, r)
			}
			if b, err := os.ReadFile(elsewhere); err != nil || string(b) != "secret" {
				t.Errorf("%s as a %s: %q, %v", file, name, b, err)
			}
		}
	}
}

// Root does not follow another user's symbolic link to a directory.
func TestOutRedirected(t *testing.T) {
	needLab(t)
	if !labtest.MachineRoot(t) {
		t.Skip("only root can give a link away")
	}
	place, target := t.TempDir(), t.TempDir()
	link := filepath.Join(place, "flask")
	for _, err := range []error{os.Chmod(place, 0o777|os.ModeSticky), os.Symlink(target, link), os.Lchown(link, somebody, somebody)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, out := range []string{link, filepath.Join(link, "new")} {
		for _, args := range [][]string{{"run", "flask-demo"}, {"export", "flask-demo", "--format", "pcap"}} {
			r := tracer(t, append(args, "--out", out)...)
			if r.code != exitFailed || !strings.Contains(r.stderr, link) || !strings.Contains(r.stderr, "symbolic link") || r.stdout != "" {
				t.Errorf("%v to %s: %+v", args, out, r)
			}
		}
	}
	if r := tracer(t, "export", "flask-demo", "--out", filepath.Join(link, "x.pcapng")); r.code != exitFailed {
		t.Errorf("%+v", r)
	}
	if entries, err := os.ReadDir(target); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// Root may save to another user's directory. The files belong to root, and only root may
// read them.
func TestOutTheirs(t *testing.T) {
	needLab(t)
	if !labtest.MachineRoot(t) {
		t.Skip("only root can give a directory away")
	}
	dir := t.TempDir()
	for _, err := range []error{os.Chown(dir, somebody, somebody), os.Chmod(dir, 0o700)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if r := tracer(t, "run", "flask-demo", "--out", dir); r.code != 0 {
			t.Fatalf("%+v", r)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "trace.json"))
	if err != nil || info.Mode() != 0o600 || info.Sys().(*syscall.Stat_t).Uid != 0 {
		t.Errorf("%v, %v", info, err)
	}
}

// A run replaces the result of another scenario, but no capture or page that tracer did not save.
func TestOutAgain(t *testing.T) {
	needLab(t)
	dir := t.TempDir()
	for _, scenario := range []string{"flask-demo", "hairpin", "flask-demo"} {
		if r := tracer(t, "run", scenario, "--out", dir); r.code != 0 {
			t.Fatalf("%+v", r)
		}
		for _, ext := range []string{".pcapng", ".html"} {
			found, err := filepath.Glob(filepath.Join(dir, "*"+ext))
			if err != nil || len(found) != 1 || filepath.Base(found[0]) != scenario+ext {
				t.Errorf("after %s: %v, %v", scenario, found, err)
			}
		}
	}
	for _, name := range []string{"mine.pcap", "mine.html"} {
		mine := filepath.Join(dir, name)
		if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := tracer(t, "run", "flask-demo", "--out", dir); r.code != exitFailed || !strings.Contains(r.stderr, mine+" was not saved by tracer") || r.stdout != "" {
			t.Errorf("%+v", r)
		}
		if err := os.Remove(mine); err != nil {
			t.Fatal(err)
		}
	}
}

// hostileTrace returns a trace whose names are paths to other places.
func hostileTrace(t *testing.T, scenario string) string {
	t.Helper()
	r := tracer(t, "export", "flask-demo", "--format", "json")
	if r.code != 0 {
		t.Fatalf("%+v", r)
	}
	text := strings.NewReplacer(`"ens160"`, `"../../up"`, `"docker0"`, `"/tmp/tracer-test-absolute"`, `"scenario": "flask-demo"`, `"scenario": "`+scenario+`"`).Replace(r.stdout)
	return write(t, "hostile.json", text)
}

// The names in an untrusted trace do not determine where files are written.
func TestExportHostile(t *testing.T) {
	file := hostileTrace(t, "../../x")
	above := t.TempDir()
	out := filepath.Join(above, "a", "b")
	if r := tracer(t, "export", file, "--format", "pcap", "--out", out); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	for _, name := range []string{"%2E.%2F..%2Fup.pcap", "%2Ftmp%2Ftracer-test-absolute.pcap"} {
		info, err := os.Stat(filepath.Join(out, name))
		if err != nil {
			t.Error(err)
		} else if info.Mode() != 0o600 {
			t.Errorf("%s: %v", name, info.Mode())
		}
	}
	for _, dir := range []string{above, filepath.Dir(out)} {
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%s: %v, %v", dir, entries, err)
		}
	}
}

// Exports go to a regular file or standard output, not through a link, pipe or device.
func TestExportOut(t *testing.T) {
	whole := tracer(t, "export", "flask-demo", "--format", "text").stdout
	if r := tracer(t, "export", "flask-demo", "--format", "text", "--out", "-"); r.stdout != whole || whole == "" {
		t.Errorf("--out -: %+v", r)
	}
	dir := t.TempDir()
	file, link, pipe := filepath.Join(dir, "file"), filepath.Join(dir, "link"), filepath.Join(dir, "pipe")
	for _, err := range []error{os.WriteFile(file, []byte("before"), 0o644), os.Symlink(file, link), syscall.Mkfifo(pipe, 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, out := range []string{link, pipe, dir, "/dev/null", "/dev/stdout"} {
		r := tracer(t, "export", "flask-demo", "--format", "text", "--out", out)
		if r.code != exitFailed || !strings.Contains(r.stderr, out+" is a") || strings.Contains(r.stdout, "TCP SYN") {
			t.Errorf("%s: %+v", out, r)
		}
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "before" {
		t.Errorf("%q, %v", b, err)
	}
	if r := tracer(t, "export", "flask-demo", "--format", "text", "--out", file); r.code != 0 || r.stdout != "" {
		t.Errorf("%+v", r)
	}
	if b, err := os.ReadFile(file); err != nil || !bytes.Equal(b, []byte(whole)) {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 3 {
		t.Errorf("%v, %v", entries, err)
	}
}

// In the walk, e saves next to existing files, whatever the name of the scenario.
func TestWalkHostile(t *testing.T) {
	for scenario, want := range map[string]string{
		"../../x":                     "%2E.%2F..%2Fx-trace",
		`\u0000`:                      "%00-trace",
		strings.Repeat("long", 100):   "longlong",
		`..`:                          "%2E.-trace",
		strings.Repeat("../", 20_000): "%2E.%2F..%2F",
	} {
		file := hostileTrace(t, scenario)
		s := newScreen(t, 120, 30, "$TRACER replay "+file+" --no-mask; echo code $?")
		s.await("packet 3 of 14")
		s.press("e")
		s.await("saved to " + want[:min(len(want), 20)])
		s.press("q")
		s.await("code 0")
		found, err := filepath.Glob(filepath.Join(s.dir, "*", "trace.json"))
		if err != nil || len(found) != 1 || !strings.HasPrefix(filepath.Base(filepath.Dir(found[0])), want) {
			t.Errorf("%.20q: %v, %v", scenario, found, err)
		}
	}
}
