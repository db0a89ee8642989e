package export

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// eachKey reads an object.
func eachKey(in *json.Decoder, value func(key string) error) error {
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return cmp.Or(err, errNoTrace)
	}
	for in.More() {
		key, err := in.Token()
		if err != nil {
			return err
		}
		if err := value(key.(string)); err != nil { // an object's keys are strings
			return err
		}
	}
	_, err := in.Token()
	return err
}

// decode decodes a value within the limits of one element; path says where it is.
func (p *reader) decode(path string, to any) error {
	var text json.RawMessage
	if err := p.in.Decode(&text); err != nil {
		return err
	}
	if o, v := values(text); o > mostObjects || v > mostValues {
		return fmt.Errorf("%s: %w", path, errValues)
	}
	if err := json.Unmarshal(text, to); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// single reads the value of a key that may occur once; null stands for none.
func single[D any](p *reader, path string, read func(*D)) error {
	var d *D
	if err := p.decode(path, &d); err != nil || d == nil {
		return err
	}
	read(d)
	return p.err
}

// elements reads a list element by element; null stands for an empty one. The list ends
// before an element with an error.
func elements[D, V any](p *reader, path string, list *[]V, read func(string, *D) V) error {
	switch t, err := p.in.Token(); {
	case err != nil:
		return err
	case t == nil:
		return nil
	case t != json.Delim('['):
		return errNoTrace
	}
	for p.in.More() {
		var d D
		at := fmt.Sprintf("%s[%d]", path, len(*list))
		if err := p.decode(at, &d); err != nil {
			return err
		}
		v := read(at, &d)
		if claim[V](p, at, 2); p.err != nil { // a growing list is in memory twice
			return p.err
		}
		*list = append(*list, v)
	}
	_, err := p.in.Token()
	return err
}
