package export

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// asciiWriter escapes, as Go does, what comes from a scenario or a server and is
// not ASCII: the views' own signs have their ASCII forms already.
type asciiWriter struct {
	io.Writer
}

// Write writes p. A character must not be divided between two calls; where it
// is, its parts are escaped one by one.
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
