package filter

import (
	"slices"
	"strconv"
	"strings"

	"tracer/trace"
)

// Filter is a condition on packets. The zero Filter matches all of them.
type Filter struct {
	text          string
	with, without []word
}

type word struct {
	text  string
	field trace.Field // the field with this name, or 0
}

func newWord(text string) word {
	w := word{text: text}
	if w.field.UnmarshalText([]byte(text)) != nil {
		w.field = 0
	}
	return w
}

// New parses a filter. Every text is valid.
func New(text string) Filter {
	f := Filter{text: text}
	for _, said := range strings.Fields(strings.ToLower(text)) {
		if rest, not := strings.CutPrefix(said, "!"); !not {
			f.with = append(f.with, newWord(said))
		} else if rest != "" {
			f.without = append(f.without, newWord(rest))
		}
	}
	return f
}

// String returns the text passed to [New].
func (f Filter) String() string { return f.text }

// Empty reports whether the filter matches all packets.
func (f Filter) Empty() bool { return len(f.with) == 0 && len(f.without) == 0 }

// Match reports whether the filter matches a packet.
func (f Filter) Match(j *trace.Journey) bool {
	if f.Empty() {
		return true
	}
	said := describe(j)
	for _, w := range f.with {
		if !holds(j, said, w) {
			return false
		}
	}
	for _, w := range f.without {
		if holds(j, said, w) {
			return false
		}
	}
	return true
}

// holds reports whether a word is part of a packet's description, or a field that changed.
// Fields and numbers match exactly: dst does not match dst_mac, and #1 does not match #12.
func holds(j *trace.Journey, said string, w word) bool {
	if w.field != 0 && changes(j, w.field) {
		return true
	}
	if strings.HasPrefix(w.text, "#") {
		w.text += " "
	}
	return strings.Contains(said, w.text)
}

// changes reports whether a field of a packet changed.
func changes(j *trace.Journey, f trace.Field) bool {
	is := func(c trace.Change) bool { return c.Field == f }
	return slices.ContainsFunc(j.Outcome.Changes, is) ||
		slices.ContainsFunc(j.Hops, func(h trace.Hop) bool { return slices.ContainsFunc(h.Changes, is) })
}

// describe returns everything else about a packet that a filter can match.
func describe(j *trace.Journey) string {
	var b strings.Builder
	add := func(words ...string) {
		for _, w := range words {
			b.WriteString(w)
			b.WriteByte(' ')
		}
	}
	add("#"+strconv.Itoa(j.ID), j.Summary, j.Direction.String(), j.Outcome.Kind.String(), j.Outcome.Node)
	if j.Outcome.Reason != 0 {
		add(j.Outcome.Reason.String())
	}
	for i := range j.Hops {
		h := &j.Hops[i]
		add(h.Place(), h.Packet.Source(), h.Packet.Destination())
		changed(h.Changes, add)
	}
	changed(j.Outcome.Changes, add)
	return strings.ToLower(b.String())
}

func changed(changes []trace.Change, add func(...string)) {
	for i := range changes {
		c := &changes[i]
		switch {
		case c.Field.Translated():
			add("rewritten", c.Cause.Kind.String(), c.Cause.Rule.Text)
			if c.Cause.Translation != 0 {
				add(c.Cause.Translation.String())
			}
			if c.Cause.Kind == trace.CauseInferred && c.Cause.Translation == trace.SNAT {
				add("masquerade") // SNAT and MASQUERADE look the same
			}
		case c.Cause.Kind == trace.CauseRule:
			add(c.Cause.Kind.String(), c.Cause.Rule.Text)
		}
	}
}
