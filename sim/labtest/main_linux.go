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

// confinedOnly is the name of the variable that has a test binary confine itself.
const confinedOnly = "TRACER_TEST_CONFINED"

// asProgram, as the first argument, makes a test binary a program of a scenario.
const asProgram = "as-program"

// Main runs the tests and ends the process. Where labs cannot be built, the tests
// fail: the kernels that tracer is for can do it. programs are what the binary does as
// a program of a scenario, by name; see [Program].
func Main(m *testing.M, programs map[string]func()) {
	confine.Main()
	if len(os.Args) == 3 && os.Args[1] == asProgram {
		programs[os.Args[2]]()
		os.Exit(0)
	}
	if confine.Confined() || confine.Capable() && os.Getenv(confinedOnly) == "" {
		os.Exit(m.Run())
	}
	code, err := confine.Enter(confine.Second{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(code)
}

// Confined reports whether this process is confined, and may run programs. If not, it
// runs the test again in a process that is, fails if that fails, and the test is to
// return.
//
// Not all tests are run in such a process, since go test's own files are root's.
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

// Program makes the test binary a program that a lab can run: the directory that it is
// in, and its command line. It does what [Main] was given under that name.
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

// Running counts the processes whose command lines are those of a [Program].
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
