package escape

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Command returns a program and its arguments as they would be typed into a shell. The
// result is printable ASCII, and different commands have different results.
func Command(args []string) string {
	words := make([]string, len(args))
	for i, a := range args {
		words[i] = Quote(a)
	}
	return strings.Join(words, " ")
}

// Quote returns an argument as it would be typed into a shell (bash, zsh, and sh as of
// POSIX.1-2024): unchanged if it has no special characters, in single quotes, or, if it
// is not printable ASCII, as $'…' with escapes. Letters outside ASCII are escaped,
// because many look alike.
func Quote(arg string) string {
	plain, ascii := arg != "", true
	for i := range len(arg) {
		plain = plain && bare(arg[i])
		ascii = ascii && printableByte(arg[i])
	}
	switch {
	case plain:
		return arg
	case ascii:
		return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	var out strings.Builder
	out.WriteString("$'")
	for i := 0; i < len(arg); {
		r, size := utf8.DecodeRuneInString(arg[i:])
		switch {
		case r == '\'' || r == '\\':
			out.WriteString(`\` + string(r))
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\x%02x`, arg[i])
		case r < utf8.RuneSelf && printableByte(byte(r)):
			out.WriteRune(r)
		default:
			writeRune(&out, r)
		}
		i += size
	}
	out.WriteString("'")
	return out.String()
}

// bare reports whether a character has no special meaning to a shell in any position.
func bare(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_./:,+@%", c) >= 0
}
