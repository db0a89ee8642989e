package live

import (
	"fmt"
	"os"
	"testing"

	"tracer/sim"
)

// TestMain runs the tests as root, or as the root of a user namespace. Where
// neither is possible, they fail: the kernels that tracer is for can do it.
func TestMain(m *testing.M) {
	if sim.Privileged() {
		os.Exit(m.Run())
	}
	code, err := sim.Enter()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%v\ntry: %s\n", err, sim.Hint())
		os.Exit(1)
	}
	os.Exit(code)
}
