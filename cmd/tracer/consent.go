package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace/escape"
)

// errProgramsNotAllowed is a scenario whose programs nobody has agreed to.
var errProgramsNotAllowed = errors.New("its programs may not run")

// consent finds out whether the programs of a scenario may run: by --allow-exec, or
// else by asking, where there is somebody to ask.
func consent(ctx context.Context, name string, s *scenarios.Scenario, allowed bool) error {
	programs, directory := programsOf(s)
	if len(programs) == 0 {
		return nil
	}
	if err := tooWide(directory); err != nil {
		return fileError{fmt.Errorf("%s: %w", name, err)}
	}
	if allowed {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) || !watched() {
		return programsError{name}
	}
	say("%s runs programs of its own:", name)
	for _, p := range programs {
		say("  %s", p)
	}
	say("They can change the lab's network and look at its packets. They can read this machine's")
	say("programs and libraries, and copies of the files in %s, and nothing else.", escape.Quote(directory))
	ask("Run them? [y/N] ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n') // no answer is no consent
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case a := <-answer:
		if a == "y" || a == "yes" {
			return nil
		}
		return fmt.Errorf("%s: %w", name, errProgramsNotAllowed)
	case <-ctx.Done():
		return errInterrupted
	}
}

// programsError is a scenario whose programs nobody could be asked about.
type programsError struct{ name string }

func (e programsError) Error() string {
	return e.name + " runs programs: look at them, and then allow them with --allow-exec"
}

func (e programsError) Is(target error) bool { return target == errProgramsNotAllowed }

// programsOf lists the programs of a scenario, each with its node, and the directory
// that they can read.
func programsOf(s *scenarios.Scenario) (list []string, directory string) {
	for _, n := range s.Topology.Nodes {
		for _, service := range n.Services {
			if service.Program() {
				list = append(list, fmt.Sprintf("%s: %s", n.Name, escape.Command(service.Exec)))
				directory = service.Dir
			}
		}
	}
	return list, directory
}

// tooWide refuses directories that hold more than a lesson: what a program prints may
// become part of a trace, and traces are passed on.
func tooWide(directory string) error {
	if directory == "" {
		return nil
	}
	for _, home := range homes() {
		rel, err := filepath.Rel(resolved(directory), resolved(home))
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return fmt.Errorf("its programs could read all of %s: put it into a directory of its own: %w", escape.Quote(home), sim.ErrInvalid)
		}
	}
	return nil
}

// homes are the home directories of whoever typed the command, and of the user who
// programs run as, which under sudo are two.
func homes() (list []string) {
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		list = append(list, home)
	}
	if u, err := user.Current(); err == nil && filepath.IsAbs(u.HomeDir) && u.HomeDir != "/nonexistent" {
		list = append(list, u.HomeDir)
	}
	return list
}

// resolved is a path without symbolic links, as far as this user may follow it.
func resolved(path string) string {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(absolute); err == nil {
		return real
	}
	return absolute
}
