package export

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
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

// element decodes a value within the limits of one element, and converts it. An error of
// the value says where that is; an error of the document around it does not.
func element[D, V any](p *reader, path string, convert func(*D) V) (v V, err error) {
	var text json.RawMessage
	if err := p.in.Decode(&text); err != nil {
		return v, err
	}
	if o, n := values(text); o > mostObjects || n > mostValues {
		return v, fmt.Errorf("%s: %w", path, errValues)
	}
	var d D
	if err := json.Unmarshal(text, &d); err != nil {
		return v, fmt.Errorf("%s: %w", path, err)
	}
	v = convert(&d)
	switch {
	case p.err == nil:
		return v, nil
	case errors.Is(p.err, errStructures): // no matter where
		return v, errStructures
	}
	return v, fmt.Errorf("%s.%w", path, p.err)
}

// single reads the value of a key that may occur once; null stands for none.
func single[D any](p *reader, key string, read func(*D)) error {
	_, err := element(p, key, func(d **D) (none struct{}) {
		if *d != nil {
			read(*d)
		}
		return none
	})
	return err
}

// elements reads a list element by element; null stands for an empty one. The list ends
// before an element with an error.
func elements[D, V any](p *reader, key string, list *[]V, convert func(*D) V) error {
	switch t, err := p.in.Token(); {
	case err != nil:
		return err
	case t == nil:
		return nil
	case t != json.Delim('['):
		return errNoTrace
	}
	for p.in.More() {
		claim[V](p, 2) // a growing list is in memory twice
		v, err := element(p, fmt.Sprintf("%s[%d]", key, len(*list)), convert)
		if err != nil {
			return err
		}
		*list = append(*list, v)
	}
	_, err := p.in.Token()
	return err
}

// list converts a list, and puts its name and the position in front of an error.
func list[D, V any](p *reader, name string, docs []D, convert func(*D) V) []V {
	claim[V](p, len(docs))
	if p.err != nil || len(docs) == 0 {
		return nil
	}
	out := make([]V, len(docs))
	for i := range docs {
		if out[i] = convert(&docs[i]); p.err != nil {
			p.err = fmt.Errorf("%s[%d].%w", name, i, p.err)
			return nil
		}
	}
	return out
}

// kept returns a list without the spare room that decoding leaves; an empty one is nil.
func kept[V any](p *reader, list []V) []V {
	if len(list) == 0 {
		return nil
	}
	claim[V](p, len(list))
	return slices.Clone(list)
}

// claim accounts for the memory of values.
func claim[V any](p *reader, n int) {
	if p.used += n * int(reflect.TypeFor[V]().Size()); p.used > mostStructures {
		p.wrong("memory", errStructures)
	}
}

// wrong keeps the first error. The name is the key's.
func (p *reader) wrong(name string, err error) {
	if p.err == nil && err != nil {
		p.err = fmt.Errorf("%s: %w", name, err)
	}
}

// atMost checks the length of a list.
func (p *reader) atMost(name string, n, most int) {
	if n > most {
		p.wrong(name, fmt.Errorf("%d is more than the limit of %d", n, most))
	}
}

// names checks the lengths of names.
func (p *reader) names(names ...string) {
	for _, name := range names {
		p.atMost("length of a name", len(name), mostName)
	}
}
