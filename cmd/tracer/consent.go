package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"tracer/scenarios"
	"tracer/sim"
	"tracer/trace/escape"
)

// errProgramsNotAllowed means that nobody has allowed a scenario's programs.
var errProgramsNotAllowed = errors.New("its programs were not allowed to run")

// consent returns an error unless the user allows the scenario's programs: by
// --allow-exec, or by an answer on the terminal.
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
	say("They can change the lab's network and capture its packets. They can read only this machine's")
	say("programs and libraries, and a copy of the files in %s.", escape.Quote(directory))
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

// programsError means that there was no terminal to ask for consent.
type programsError struct{ name string }

func (e programsError) Error() string {
	return e.name + " runs programs of its own: inspect them, then allow them with --allow-exec"
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

// tooWide refuses the home directory and those above it: a program's output may become
// part of a trace, and traces are passed on.
func tooWide(directory string) error {
	at, err := filepath.Abs(directory)
	if err == nil {
		at, err = filepath.EvalSymlinks(at)
	}
	if err != nil {
		return nil // only the first process can open it, so it is not this user's home
	}
	home, err := os.UserHomeDir()
	if err == nil && home != "" {
		if real, err := filepath.EvalSymlinks(home); err == nil {
			home = real
		}
		if rel, err := filepath.Rel(at, home); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return fmt.Errorf("its programs could read your home directory: move the scenario to a directory of its own: %w", sim.ErrInvalid)
		}
	}
	return nil
}
