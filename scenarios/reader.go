package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader walks a YAML tree. It notes every problem instead of stopping at the first.
type reader struct {
	problems []Problem
	places   map[string]*yaml.Node // by path, for problems found later
}

func (r *reader) note(n *yaml.Node, path, format string, args ...any) {
	switch {
	case len(r.problems) > maxProblems:
		return
	case len(r.problems) == maxProblems:
		n, path, format, args = nil, "", "has more than %d problems", []any{maxProblems}
	}
	p := Problem{Path: path, Text: fmt.Sprintf(format, args...)}
	if n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	r.problems = append(r.problems, p)
}

// field is one key that a mapping may have.
type field struct {
	key      string
	required bool
	read     func(n *yaml.Node, path string)
}

// mapping reads a mapping with a fixed set of keys, in the order of the fields. In the file,
// services may come before the nodes they run on.
func (r *reader) mapping(n *yaml.Node, path string, fields ...field) {
	r.places[path] = n
	if n.Kind != yaml.MappingNode {
		r.note(n, path, "is %s, want a mapping with %s", kindOf(n), keysOf(fields))
		return
	}
	given := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !r.short(key, path, maxKey) {
			continue
		}
		at := join(path, key.Value)
		switch {
		case !slices.ContainsFunc(fields, func(f field) bool { return f.key == key.Value }):
			r.note(key, at, "unknown key; the keys are %s", keysOf(fields))
		case given[key.Value] != nil:
			r.note(key, at, "is given twice")
		default:
			given[key.Value], r.places[at] = value, value
		}
	}
	for _, f := range fields {
		if value := given[f.key]; value != nil {
			f.read(value, join(path, f.key))
		} else if f.required {
			r.note(n, path, "has no %q", f.key)
		}
	}
}

// named reads a mapping whose keys are names chosen by the author.
func (r *reader) named(n *yaml.Node, path string, read func(name string, n *yaml.Node, path string)) {
	r.places[path] = n
	if n.Kind != yaml.MappingNode {
		r.note(n, path, "is %s, want a mapping with names as keys", kindOf(n))
		return
	}
	if !r.few(n, path, len(n.Content)/2) {
		return
	}
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if !r.short(key, path, maxKey) {
			continue
		}
		at := join(path, key.Value)
		if seen[key.Value] {
			r.note(key, at, "is given twice")
			continue
		}
		seen[key.Value] = true
		r.places[at] = value
		read(key.Value, value, at)
	}
}

// list reads a sequence.
func (r *reader) list(n *yaml.Node, path string, read func(n *yaml.Node, path string)) {
	r.places[path] = n
	if n.Kind != yaml.SequenceNode {
		r.note(n, path, "is %s, want a list", kindOf(n))
		return
	}
	if !r.few(n, path, len(n.Content)) {
		return
	}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		r.places[at] = item
		read(item, at)
	}
}

// items reads a sequence of elements of one type.
func items[T any](r *reader, n *yaml.Node, path string, read func(n *yaml.Node, path string) T) (all []T) {
	r.list(n, path, func(n *yaml.Node, path string) { all = append(all, read(n, path)) })
	return all
}

// text reads a scalar that is not empty.
func (r *reader) text(n *yaml.Node, path string) string {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		r.note(n, path, "is %s, want text", kindOf(n))
		return ""
	}
	if !r.short(n, path, maxText) {
		return ""
	}
	if strings.TrimSpace(n.Value) == "" {
		r.note(n, path, "is empty")
	}
	return n.Value
}

// number reads a whole number between two bounds, both included.
func (r *reader) number(n *yaml.Node, path string, low, high int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil || v < low || v > high {
		r.note(n, path, "is %s, want a whole number from %d to %d", kindOf(n), low, high)
		return 0
	}
	return v
}

// word reads one of a fixed set of words.
func (r *reader) word(n *yaml.Node, path string, words []string) string {
	if n.Kind != yaml.ScalarNode || !slices.Contains(words, n.Value) {
		r.note(n, path, "is %s, want one of %s", kindOf(n), strings.Join(words, ", "))
		return ""
	}
	return n.Value
}

// parsed reads a scalar with a parse function, whose error becomes the problem.
func parsed[T any](r *reader, n *yaml.Node, path string, parse func(string) (T, error)) (v T, ok bool) {
	if n.Kind != yaml.ScalarNode {
		r.note(n, path, "is %s, want text", kindOf(n))
		return v, false
	}
	if !r.short(n, path, maxText) {
		return v, false
	}
	v, err := parse(n.Value)
	if err != nil {
		r.note(n, path, "%v", err)
		return v, false
	}
	return v, true
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func keysOf(fields []field) string {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	return strings.Join(keys, ", ")
}

// kindOf describes a value in the author's terms.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	if n.Tag == "!!null" {
		return "empty"
	}
	const shown = 40 // bytes: enough to find it by
	if len(n.Value) > shown {
		return strconv.Quote(strings.ToValidUTF8(n.Value[:shown], "")) + "…"
	}
	return strconv.Quote(n.Value)
}
