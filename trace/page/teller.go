package page

import (
	"html/template"
	"strings"

	"tracer/trace/explain"
)

// teller words packets and their details. An account fills maps on demand, so it is not
// safe for concurrent use: every goroutine has a teller of its own.
type teller struct {
	*builder
	*explain.Account
	early  *explain.Account // as if more packets could follow
	lines  pieces[line]
	fields pieces[field]
	bytes  pieces[hexLine]
	parts  pieces[string] // moments and layers, by what they show
}

func newTeller(b *builder) *teller {
	l, s := b.Language, b.Signs
	return &teller{
		builder: b, Account: l.Account(b.trace, s), early: l.Account(b.begun, s),
		lines: pieces[line]{}, fields: pieces[field]{}, bytes: pieces[hexLine]{}, parts: pieces[string]{},
	}
}

// pieces are what templates have written about values, each followed by a line break. Packets
// meet the same rules and have many headers in common, and each value is rendered only once.
type pieces[K comparable] map[K]template.HTML

// of returns what a template writes about a value with a key.
func (p pieces[K]) of(key K, name string, value any) template.HTML {
	const most = 10_000 // kept
	if piece, known := p[key]; known {
		return piece
	}
	var out strings.Builder
	if err := templates().ExecuteTemplate(&out, name, value); err != nil {
		panic(err) // a strings.Builder never fails, and the templates are our own
	}
	if len(p) >= most {
		clear(p)
	}
	p[key] = template.HTML(out.String() + "\n")
	return p[key]
}
