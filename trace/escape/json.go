package escape

import (
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON returns a writer that passes JSON on to w, and escapes characters that are not
// printable (\u202e, RFC 8259, 7). In JSON these occur only in strings, so every parser
// reads the same values.
func JSON(w io.Writer) io.Writer { return &jsonWriter{to: w} }

type jsonWriter struct {
	to   io.Writer
	left []byte // the beginning of a character that the next call completes
}

func (w *jsonWriter) Write(p []byte) (int, error) {
	text := p
	if len(w.left) > 0 {
		text = append(w.left, p...)
		w.left = nil
	}
	begin, out, changed := 0, []byte(nil), false
	for i := 0; i < len(text); {
		if i += plain(text[i:]); i == len(text) {
			break
		}
		if text[i] == '\n' {
			i++
			continue
		}
		if !utf8.FullRune(text[i:]) {
			w.left = append([]byte(nil), text[i:]...)
			text = text[:i]
			break
		}
		r, size := utf8.DecodeRune(text[i:])
		if Printable(r) && r != utf8.RuneError { // encoding/json escapes that one, too
			i += size
			continue
		}
		out, changed = append(out, text[begin:i]...), true
		if high, low := utf16.EncodeRune(r); r > 0xffff {
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
		begin = i
	}
	if changed {
		text = append(out, text[begin:]...)
	}
	if _, err := w.to.Write(text); err != nil {
		return 0, err
	}
	return len(p), nil
}
