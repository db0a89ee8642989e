package scenarios

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// yamlLine matches the beginning of a YAML parser's error that has a line.
var yamlLine = regexp.MustCompile(`^line (\d+): `)

// syntax notes an error of the YAML parser. The parser never reports columns, and not always
// the line. For common mistakes, syntax searches the text.
func (p *parser) syntax(text []byte, err error) {
	problem := Problem{Text: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(problem.Text); m != nil {
		problem.Line, _ = strconv.Atoi(m[1])
		problem.Text = strings.TrimPrefix(problem.Text, m[0])
	} else if !strings.HasPrefix(problem.Text, "unknown anchor") {
		problem.Line = 1 // the only line that the parser does not name
	}
	if i := unreadable(text); i >= 0 {
		problem.Line, problem.Column = position(text, i)
		problem.Text = "is not UTF-8 text"
		if text[i] < utf8.RuneSelf {
			problem.Text = "has the control character " + strconv.QuoteRuneToASCII(rune(text[i]))
		}
	} else if i := tabbed(text, problem); i >= 0 {
		problem.Line, problem.Column = position(text, i)
		problem.Text = "is indented with a tab; YAML allows only spaces"
	}
	p.problems = append(p.problems, problem)
}

// unreadable returns the offset of the first byte that is not allowed in YAML, or -1.
func unreadable(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || r < ' ' && !strings.ContainsRune("\t\n\r", r) || r == 0x7f {
			return i
		}
		i += size
	}
	return -1
}

// tabbed returns the offset of the tab that caused a problem, or -1. It is among the blanks
// and dashes before a line's text. The parser reports the tab's line, or the first line of
// the element that contains it, or none if that is the first line of the file.
func tabbed(text []byte, q Problem) int {
	const anyToken, tab = "found character that cannot start any token", "found a tab character"
	if q.Text != anyToken && !strings.HasPrefix(q.Text, tab) {
		return -1
	}
	number, offset := 0, 0
	for line := range bytes.Lines(text) {
		number++
		if number >= q.Line {
			indent := line[:len(line)-len(bytes.TrimLeft(line, " \t-"))]
			if i := bytes.IndexByte(indent, '\t'); i >= 0 {
				return offset + i
			}
			if q.Text == anyToken {
				break
			}
		}
		offset += len(line)
	}
	return -1
}

// position returns the line and column of an offset, both from 1.
func position(text []byte, offset int) (line, column int) {
	before := text[:offset]
	begin := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[begin:]) + 1
}
