package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"

	"tracer/sim/confine"
)

// asTracer makes the test binary act as the tracer command.
const asTracer = "TRACER_TEST_AS_COMMAND"

// hang, as the first argument, makes the test binary a service that never answers. On a
// request, it starts a child that would outlive it, and waits.
const hang = "hang-when-asked"

func TestMain(m *testing.M) {
	confine.Main()
	if len(os.Args) == 2 && os.Args[1] == hang {
		fmt.Fprintln(os.Stderr, serveNever())
		os.Exit(1)
	}
	if os.Getenv(asTracer) != "" {
		main()
	}
	os.Exit(m.Run())
}

func serveNever() error {
	listener, err := net.Listen("tcp4", ":5000")
	if err != nil {
		return err
	}
	if _, err := listener.Accept(); err != nil {
		return err
	}
	return exec.Command("sh", "-c", "sleep 60; :").Run()
}

// command returns the tracer command with arguments.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asTracer+"=1")
	return cmd
}

// result is the outcome of a command.
type result struct {
	code           int
	stdout, stderr string
}

// tracer runs the command until it ends.
func tracer(t testing.TB, args ...string) result {
	t.Helper()
	return finish(t, command(args...))
}

func finish(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// needLab fails the test, with the reason, if no lab can be built.
func needLab(t testing.TB) {
	t.Helper()
	if confine.Capable() {
		return
	}
	if r := tracer(t, "run", "flask-demo"); r.code == exitNotPermitted {
		t.Fatalf("this machine does not let a plain user build labs: %s", r.stderr)
	}
}
