package confine

import (
	"fmt"
	"os"
	"testing"
)

// TestMain gives this binary the role that a test's child finds in its environment: a
// second process, or a program.
func TestMain(m *testing.M) {
	if becoming() {
		moveMain()
	}
	Main()
	if len(os.Args) == 3 && os.Args[1] == hostile {
		os.Exit(tryIt(os.Args[2]))
	}
	if name := os.Getenv(role); name != "" {
		os.Exit(roles[name]())
	}
	os.Exit(m.Run())
}

// role names the variable that selects what a child does.
const role = "TRACER_TEST_ROLE"

// roles maps names to what children do; each returns an exit code.
var roles = map[string]func() int{
	"leave":    func() int { return inside(leave) },
	"queue":    func() int { return inside(enteredQueue) },
	"program":  func() int { return inside(runProgram) },
	"reexec":   func() int { return answering(ask2, Reexec) },
	"demote":   func() int { return answering(ask2, Demote) },
	"believe":  believe,
	"identity": func() int { return inside(tellIdentity) },
	"demoted identity": func() int {
		if os.Geteuid() != 0 {
			return tellIdentity()
		}
		code, err := Demote(Second{})
		if err != nil {
			fmt.Println(err)
			return 1
		}
		return code
	},
}

// inside runs f in a second process started by [Reexec].
func inside(f func() int) int {
	if IsSecond() {
		return f()
	}
	var s Second
	if path := os.Getenv("TRACER_TEST_DIRECTORY"); path != "" {
		var err error
		if s.Directory, err = os.Open(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	code, err := Reexec(s)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}
