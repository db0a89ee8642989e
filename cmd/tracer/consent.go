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

// errProgramsNotAllowed means that the user has not allowed a scenario's programs.
var errProgramsNotAllowed = errors.New("you did not allow its programs to run")

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
	say("They can change the lab's network and capture its packets. On this machine they")
	say("can read only programs, libraries and settings, and a copy of this directory:")
	say("  %s", escape.Quote(resolved(directory)))
	ask("Run them? [y/N] ")
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n') // no answer means no
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

// programsOf lists the programs of a scenario, each with its node, and returns the directory
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

// tooWide refuses home directories and those above them: a program's output may become
// part of a trace, and traces are passed on.
func tooWide(directory string) error {
	if directory == "" {
		return nil
	}
	for _, home := range homes() {
		rel, err := filepath.Rel(resolved(directory), resolved(home))
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return fmt.Errorf("its programs could read all of %s: move the scenario to a directory of its own: %w", escape.Quote(home), sim.ErrInvalid)
		}
	}
	return nil
}

// homes returns the home directories of the user who typed the command, and of the user that
// programs run as. With sudo, they differ.
func homes() (list []string) {
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		list = append(list, home)
	}
	if u, err := user.Current(); err == nil && filepath.IsAbs(u.HomeDir) && u.HomeDir != "/nonexistent" {
		list = append(list, u.HomeDir)
	}
	return list
}

// resolved returns a path without symbolic links, as far as this user can follow them.
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
