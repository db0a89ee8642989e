package iptables

import (
	"slices"
	"testing"
)

func TestSplitWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                     nil,
		" -i \t eth0\n":        {"-i", "eth0"},
		`--comment "a  b"`:     {"--comment", "a  b"},
		`'a "b"' "c'd"`:        {`a "b"`, "c'd"},
		`a\ b "\"" '\'`:        {"a b", `"`, `\`},
		`""`:                   {""},
		`--log-prefix=x"y z"w`: {"--log-prefix=xy zw"},
	} {
		if got, err := splitWords(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{`"a`, `a'`, `a\`} {
		if got, err := splitWords(text); err == nil {
			t.Errorf("%s: %q", text, got)
		}
	}
	for _, word := range []string{"plain-1_", "two words", `"`, `\`, "'", `a"b\c'd`, "ü"} {
		if got, err := splitWords(quoteWord(word)); err != nil || len(got) != 1 || got[0] != word {
			t.Errorf("%q is quoted as %s", word, quoteWord(word))
		}
	}
}
