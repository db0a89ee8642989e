package nft

import (
	"fmt"
	"strings"
)

// token is a word of nft's language, with its line. A line's end and a semicolon are ";".
type token struct {
	text string
	line int
}

// SyntaxError is a mistake in the text of a ruleset.
type SyntaxError struct {
	Line int
	Text string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

const lineEnd = ";"

// lex divides a text into tokens. Quoted strings keep their quotes.
func lex(text string) ([]token, error) {
	var list []token
	for i, line := range strings.Split(text, "\n") {
		rest := line
		for {
			rest = strings.TrimLeft(rest, " \t\r")
			if rest == "" || rest[0] == '#' {
				break
			}
			n := wordLength(rest)
			if n == 0 {
				return nil, &SyntaxError{i + 1, "a quote is not closed"}
			}
			list = append(list, token{rest[:n], i + 1})
			rest = rest[n:]
		}
		list = append(list, token{lineEnd, i + 1})
	}
	return list, nil
}

// wordLength returns the length of the first word, or 0 if it is an open quote.
func wordLength(s string) int {
	switch {
	case strings.IndexByte("{};,=", s[0]) >= 0:
		return 1
	case s[0] == '"':
		if end := strings.IndexByte(s[1:], '"'); end >= 0 {
			return end + 2
		}
		return 0
	}
	n := strings.IndexAny(s, " \t\r{};,\"#")
	if n < 0 {
		n = len(s)
	}
	if n > 1 && s[n-1] == ':' && s[n-2] != ':' { // "80: accept"
		n--
	}
	return n
}
