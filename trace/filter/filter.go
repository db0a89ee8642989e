package filter

import (
	"strconv"
	"strings"

	"tracer/trace"
)

// Filter is a condition on packets. The zero Filter matches all of them.
type Filter struct {
	text          string
	with, without []string
}

// New parses a filter. Every text is valid.
func New(text string) Filter {
	f := Filter{text: text}
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if word, not := strings.CutPrefix(word, "!"); !not {
			f.with = append(f.with, word)
		} else if word != "" {
			f.without = append(f.without, word)
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
		if !holds(said, w) {
			return false
		}
	}
	for _, w := range f.without {
		if holds(said, w) {
			return false
		}
	}
	return true
}

// holds reports whether a word is part of a description. Numbers match exactly: #1 does
// not match #12.
func holds(said, word string) bool {
	if strings.HasPrefix(word, "#") {
		word += " "
	}
	return strings.Contains(said, word)
}

// describe returns everything about a packet that a filter can match.
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
		add(c.Field.String())
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
