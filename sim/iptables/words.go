package iptables

import (
	"errors"
	"strings"
	"unicode"
)

// splitWords splits a command into words, honouring quotes and backslashes as a shell does.
func splitWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quoted byte // the quote that is open, or 0
	began, escaped := false, false
	for i := range len(s) { // bytes: names need not be UTF-8
		c := s[i]
		switch {
		case escaped:
			word.WriteByte(c)
			escaped = false
		case c == '\\' && quoted != '\'':
			began, escaped = true, true
		case quoted != 0 && c == quoted:
			quoted = 0
		case quoted != 0:
			word.WriteByte(c)
		case c == '"' || c == '\'':
			began, quoted = true, c
		case c == ' ' || '\t' <= c && c <= '\r':
			if began {
				words = append(words, word.String())
				word.Reset()
				began = false
			}
		default:
			began = true
			word.WriteByte(c)
		}
	}
	switch {
	case quoted != 0:
		return nil, errors.New("unclosed quote")
	case escaped:
		return nil, errors.New("backslash at the end")
	case began:
		words = append(words, word.String())
	}
	return words, nil
}

// quoteWord returns a word as iptables -S prints text: in double quotes unless it has only
// letters, digits, "_" and "-" (xtables_save_string).
func quoteWord(s string) string {
	plain := func(r rune) bool {
		return r == '_' || r == '-' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`, `'`, `\'`).Replace(s) + `"`
}

// showable reports whether a terminal shows text as is, without interpreting it.
func showable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
}

// text builds the part of a rule's text that belongs to one match or target.
type text struct{ words []string }

// add adds an option and its values. With not, "!" comes before it.
func (t *text) add(not bool, words ...string) {
	if not {
		t.words = append(t.words, "!")
	}
	t.words = append(t.words, words...)
}

// addIf adds words if a condition holds.
func (t *text) addIf(on bool, words ...string) {
	if on {
		t.add(false, words...)
	}
}

func (t *text) String() string { return strings.Join(t.words, " ") }

// inverted puts "!" directly before a value if not is set, as iptables -L does.
func inverted(not bool, value string) string {
	if not {
		return "!" + value
	}
	return value
}

// begin starts the text of a match: "-m NAME".
func begin(match string) *text { return &text{words: []string{"-m", match}} }
