package explain

import (
	"fmt"
	"math"
)

// Language words facts. A translation is a catalogue and the rule for its plurals.
type Language struct {
	plural    func(n int) int // which of a message's forms goes with a number
	catalogue *catalogue
}

// catalogue holds the sentences and labels of a language. They are formats of package fmt.
// A message with several forms is about a number, its first argument.
type catalogue [messages][]string

// English returns the English language.
func English() Language {
	return Language{catalogue: &english, plural: func(n int) int {
		if n == 1 {
			return 0
		}
		return 1
	}}
}

// Format returns a message with its arguments filled in.
func (l Language) Format(m Message, args ...any) string {
	forms := l.catalogue[m]
	form := forms[0]
	if len(forms) > 1 {
		form = forms[min(l.plural(number(args[0])), len(forms)-1)]
	}
	if len(args) == 0 {
		return form
	}
	return fmt.Sprintf(form, args...)
}

// number is the number that a message is about.
func number(v any) int {
	switch v := v.(type) {
	case int:
		return v
	case uint64:
		return int(min(v, math.MaxInt))
	}
	panic(fmt.Sprintf("explain: %T is no number", v))
}
