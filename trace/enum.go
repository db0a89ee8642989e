package trace

import "fmt"

// Each enumeration has a table of names, indexed by value. The names are its text in
// trace.json.

// nameOf returns the name of a value, or "kind(N)" for a value without one.
func nameOf[E ~uint8](names []string, e E, kind string) string {
	if int(e) < len(names) && names[e] != "" {
		return names[e]
	}
	return fmt.Sprintf("%s(%d)", kind, uint8(e))
}

// marshalName returns the name of a value; 0 need not have one.
func marshalName[E ~uint8](names []string, e E) ([]byte, error) {
	if int(e) < len(names) && (names[e] != "" || e == 0) {
		return []byte(names[e]), nil
	}
	return nil, fmt.Errorf("%d has no name", uint8(e))
}

// unmarshalName finds the value with the given name.
func unmarshalName[E ~uint8](names []string, e *E, text []byte) error {
	for i, name := range names {
		if name == string(text) {
			*e = E(i)
			return nil
		}
	}
	return fmt.Errorf("%q is not known", text)
}
