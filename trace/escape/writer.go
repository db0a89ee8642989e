package escape

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// Writer passes on printable characters, line breaks, and the sequences that set colors
// and weight (SGR). It escapes everything else. Characters and sequences must not be split
// between calls of Write.
type Writer struct {
	To   io.Writer
	Tabs bool // also pass on tabs, for completions and listings
}

// Write writes p, escaped.
func (w Writer) Write(p []byte) (int, error) {
	out := p
	if i := w.passed(p); i < len(p) {
		out = w.escaped(p[:i:i], p[i:])
	}
	if _, err := w.To.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// passed returns the number of leading bytes that need no escape.
func (w Writer) passed(p []byte) (n int) {
	for {
		if n += plain(p[n:]); n == len(p) {
			return n
		}
		c := p[n]
		switch {
		case c == '\n', c == '\t' && w.Tabs:
			n++
		case c == '\x1b':
			size := style(p[n:])
			if size == 0 {
				return n
			}
			n += size
		case c < utf8.RuneSelf:
			return n
		default:
			r, size := utf8.DecodeRune(p[n:])
			if r == utf8.RuneError && size == 1 || !Printable(r) {
				return n
			}
			n += size
		}
	}
}

// escaped appends a text whose first character must be escaped.
func (w Writer) escaped(out, p []byte) []byte {
	for len(p) > 0 {
		if r, size := utf8.DecodeRune(p); r == utf8.RuneError && size == 1 {
			out = fmt.Appendf(out, `\x%02x`, p[0])
			p = p[1:]
		} else {
			out = append(out, Field(string(p[:size]))...)
			p = p[size:]
		}
		n := w.passed(p)
		out, p = append(out, p[:n]...), p[n:]
	}
	return out
}

// style returns the length of the style sequence at the beginning of a text, or 0: ESC [,
// numbers separated by semicolons, m.
func style(p []byte) int {
	rest, ok := bytes.CutPrefix(p, []byte("\x1b["))
	if !ok {
		return 0
	}
	n := 0
	for n < len(rest) && ('0' <= rest[n] && rest[n] <= '9' || rest[n] == ';') {
		n++
	}
	if n == len(rest) || rest[n] != 'm' {
		return 0
	}
	return len("\x1b[") + n + len("m")
}
