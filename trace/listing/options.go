package listing

import (
	"fmt"
	"strings"
)

// words walks through the arguments of a command.
type words struct {
	command string
	rest    []string
}

// next removes and returns the first argument. ok is false if there is none.
func (w *words) next() (word string, ok bool) {
	if len(w.rest) == 0 {
		return "", false
	}
	word, w.rest = w.rest[0], w.rest[1:]
	return word, true
}

// value removes and returns the value of an option.
func (w *words) value(option string) (string, error) {
	v, ok := w.next()
	if !ok {
		return "", fmt.Errorf("%s needs a value", option)
	}
	return v, nil
}

// unknown returns the error for an argument that is not known.
func (w *words) unknown(part string) error { return &UnknownError{Command: w.command, Part: part} }

// split separates letters that share a dash: "-nvL" is "-n", "-v", "-L".
func split(args []string) (list []string) {
	for _, a := range args {
		if len(a) > 2 && a[0] == '-' && a[1] != '-' {
			for _, letter := range a[1:] {
				list = append(list, "-"+string(letter))
			}
			continue
		}
		list = append(list, a)
	}
	return list
}

// short reports whether a word abbreviates a keyword of ip: at least its first letter.
func short(word, keyword string) bool { return word != "" && strings.HasPrefix(keyword, word) }
