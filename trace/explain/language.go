package explain

import (
	"fmt"
	"math"
	"strings"
)

// Message is a sentence or label, identified by its English text. It is a format string of
// package fmt. Its arguments are numbered, because languages order them differently. A
// message with several forms, separated by bars, depends on a number, its first argument.
//
// Views pass the exported messages to [Language.Format].
type Message string

// Language expresses facts in words. The zero Language is not valid.
//
// A translation consists of a catalog, which maps English messages to its own, and the
// rule that selects the form of a message for a number.
type Language struct {
	catalogue map[Message]string // messages without an entry stay in English
	plural    func(n int) int
}

// English returns the English language.
func English() Language {
	return Language{plural: func(n int) int {
		if n == 1 {
			return 0
		}
		return 1
	}}
}

// Format returns a message with its arguments filled in.
func (l Language) Format(m Message, args ...any) string {
	form, translated := l.catalogue[m]
	if !translated {
		form = string(m)
	}
	if strings.Contains(form, "|") {
		forms := strings.Split(form, "|")
		form = forms[min(l.plural(number(args[0])), len(forms)-1)]
	}
	if len(args) == 0 {
		return form
	}
	return fmt.Sprintf(form, args...)
}

// number returns the number that selects a message's form.
func number(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case uint64:
		return int(min(v, math.MaxInt))
	}
	panic(fmt.Sprintf("explain: %T is no number", v))
}
