package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// If root runs tracer, files are decoded by a process without root's rights: it has another
// user, no capabilities and no groups.
func TestDemoted(t *testing.T) {
	if !labtest.MachineRoot(t) {
		t.Skip("only root has rights to give up")
	}
	for _, args := range [][]string{{"explain", "-"}, {"replay", "-"}, {"export", "-"}} {
		cmd := command(args...)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		status := ""
		waitFor(t, "the second process", func() bool {
			second := worker(cmd.Process.Pid) // or a short-lived child of package os
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", second))
			status = string(text)
			return err == nil && second != cmd.Process.Pid && strings.Contains(status, "Uid:\t65534\t65534\t65534\t65534\n")
		})
		for _, want := range []string{"Gid:\t65534\t65534\t65534\t65534\n", "Groups:\t \n", "CapPrm:\t0000000000000000\n", "CapEff:\t0000000000000000\n", "CapAmb:\t0000000000000000\n"} {
			if !strings.Contains(status, want) {
				t.Errorf("%q: not %q:\n%s", args, want, status)
			}
		}
		_ = stdin.Close() // the input is empty
		_ = cmd.Wait()    // so the command fails
	}
}
