package export

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// asciiWriter escapes non-ASCII text from scenarios and servers, as Go does. The views'
// own symbols are already in ASCII.
type asciiWriter struct {
	io.Writer
}

// Write writes p. If a character is split between two calls, its parts are escaped one by
// one.
func (w asciiWriter) Write(p []byte) (int, error) {
	out := make([]byte, 0, len(p))
	for rest := p; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r == utf8.RuneError && size == 1:
			out = fmt.Appendf(out, `\x%02x`, rest[0])
		case r > 0xffff:
			out = fmt.Appendf(out, `\U%08x`, r)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		rest = rest[size:]
	}
	if _, err := w.Writer.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
