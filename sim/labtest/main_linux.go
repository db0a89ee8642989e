package labtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tracer/sim/confine"
)

// confinedOnly is the environment variable that makes a test binary confine itself.
const confinedOnly = "TRACER_TEST_CONFINED"

// asProgram, as the first argument, makes a test binary act as a scenario's program.
const asProgram = "as-program"

// Main runs the tests and exits. Where labs cannot be built, tests fail rather than
// skip. programs holds the functions for [Program], by name.
func Main(m *testing.M, programs map[string]func()) {
	confine.Main()
	if len(os.Args) == 3 && os.Args[1] == asProgram {
		programs[os.Args[2]]()
		os.Exit(0)
	}
	if confine.Confined() || confine.Capable() && os.Getenv(confinedOnly) == "" {
		os.Exit(m.Run())
	}
	code, err := confine.Reexec(confine.Second{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

// MachineRoot reports whether the tests run as the machine's root. Root of a user
// namespace with a single mapped user can neither become another user nor give files
// away.
func MachineRoot(t testing.TB) bool {
	t.Helper()
	mapping, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		t.Fatal(err)
	}
	return os.Geteuid() == 0 && strings.Join(strings.Fields(string(mapping)), " ") == "0 0 4294967295"
}

// Confined reports whether this process is confined, and so may run programs. If not, it
// runs the test again in a confined process and fails if that one fails; the caller must
// then return.
//
// Other tests run unconfined, since the files of go test may belong to root.
func Confined(t *testing.T) bool {
	t.Helper()
	if confine.Confined() {
		return true
	}
	name, _, _ := strings.Cut(t.Name(), "/")
	cmd := exec.Command("/proc/self/exe", "-test.run=^"+name+"$", "-test.v")
	cmd.Env = append(os.Environ(), confinedOnly+"=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("confined: %v\n%s", err, out)
	}
	return false
}

// Program returns the directory and command line that make this test binary run, as a
// scenario's program, a function passed to [Main].
func Program(t testing.TB, name string) (directory string, command []string) {
	t.Helper()
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	directory = t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "program"), self, 0o755); err != nil {
		t.Fatal(err)
	}
	return directory, []string{"./program", asProgram, name}
}

// Running counts the running processes of a [Program].
func Running(t testing.TB, name string) (n int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		line, _ := os.ReadFile(f) // it may have ended just now
		if strings.HasSuffix(string(line), "\x00"+asProgram+"\x00"+name+"\x00") {
			n++
		}
	}
	return n
}
