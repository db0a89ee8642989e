package main

import "strings"

// complain prints an error. Each line is one of several errors, or one of several
// problems of a file, and begins with the program's name; a line break within a
// message is escaped. So nothing that a message quotes looks like a line of its own.
func complain(err error) {
	for _, line := range linesOf(err) {
		say("tracer: %s", line)
	}
}

// linesOf takes an error apart: what errors.Join has put together, and what has
// Lines, with what was put around it.
func linesOf(err error) []string {
	text := err.Error()
	switch e := err.(type) {
	case interface{ Lines() []string }:
		return e.Lines()
	case interface{ Unwrap() []error }:
		var messages, lines []string
		for _, part := range e.Unwrap() {
			messages, lines = append(messages, part.Error()), append(lines, linesOf(part)...)
		}
		if strings.Join(messages, "\n") == text { // else it has a wording of its own, as fmt.Errorf makes it
			return lines
		}
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		if inner == nil {
			break
		}
		lines := linesOf(inner)
		before, after, ok := strings.Cut(text, inner.Error())
		if len(lines) < 2 || !ok {
			break
		}
		for i := range lines {
			lines[i] = before + lines[i] + after
		}
		return lines
	}
	return []string{text}
}
