package main

import "strings"

// complain prints an error, one line for each of several errors or problems of a file.
// Each line begins with the program's name, and line breaks within a message are escaped,
// so quoted text cannot imitate a message.
func complain(err error) {
	for _, line := range linesOf(err) {
		say("tracer: %s", line)
	}
}

// linesOf splits an error into lines: those of errors.Join, and those of a Lines method,
// each with the text of the errors that wrap it.
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
		if strings.Join(messages, "\n") == text { // otherwise the wording is that of fmt.Errorf
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
