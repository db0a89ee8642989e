package escape

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Field returns a text as one line of printable characters. All others are escaped.
func Field(s string) string { return escaped(s, false) }

// Text is like [Field], but keeps line breaks.
func Text(s string) string { return escaped(s, true) }

func escaped(s string, lines bool) string {
	for i := range len(s) {
		if c := s[i]; !printableByte(c) && !(lines && c == '\n') {
			return rewritten(s, lines)
		}
	}
	return s
}

// rewritten escapes texts that are not plain ASCII.
func rewritten(s string, lines bool) string {
	var out strings.Builder
	var p pile
	kept := 0 // the text up to here is in out
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		valid := r != utf8.RuneError || size > 1
		if valid && (Printable(r) && p.holds(r) || lines && r == '\n') {
			i += size
			continue
		}
		p = pile{}
		out.WriteString(s[kept:i])
		if valid {
			writeRune(&out, r)
		} else {
			fmt.Fprintf(&out, `\x%02x`, s[i])
		}
		i += size
		kept = i
	}
	if kept == 0 {
		return s
	}
	out.WriteString(s[kept:])
	return out.String()
}

// writeRune writes the escape of a character.
func writeRune(out *strings.Builder, r rune) {
	switch {
	case r == '\n':
		out.WriteString(`\n`)
	case r == '\r':
		out.WriteString(`\r`)
	case r == '\t':
		out.WriteString(`\t`)
	case r < utf8.RuneSelf:
		fmt.Fprintf(out, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(out, `\u%04x`, r)
	default:
		fmt.Fprintf(out, `\U%08x`, r)
	}
}
