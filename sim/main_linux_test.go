package sim_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"tracer/sim"
)

// asServer makes the test binary a program that a lab can run: it listens on the
// port that the variable names, and starts a child that would outlive it.
const asServer = "TRACER_TEST_SERVER"

// TestMain runs the tests as root, or as the root of a user namespace. Where
// neither is possible, they fail: the kernels that tracer is for can do it.
func TestMain(m *testing.M) {
	switch os.Getenv(asServer) {
	case "listen":
		serve()
	case "exit":
		fmt.Println("no configuration found")
		os.Exit(3)
	case "queue":
		fmt.Println(enteredQueue())
		os.Exit(0)
	case "hang":
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	if sim.Privileged() {
		os.Exit(m.Run())
	}
	code, err := sim.Enter(nil)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\ntry: %s\n", err, sim.Hint())
		os.Exit(1)
	}
	os.Exit(code)
}
