package explain

import "tracer/trace"

// Row is one fact about a packet, in words.
//
// Views style rows: columns, colours, signs, line breaks. They neither word nor reorder
// them; which ones they show depends on the kind and the level alone.
type Row struct {
	Kind  Kind
	Level Level
	Tone  Tone
	Stop  int // the index of the hop that it leads to; len(Hops): it comes after the last one

	Node         string // where it happened
	Table, Chain string // KindRule, KindUnmatched, KindDetour: where the rule stands

	Step      *trace.Step      // KindRule; KindUnmatched: the step that the rule comes before; KindDetour: the first jump
	Unmatched *trace.Unmatched // KindUnmatched
	Change    *trace.Change    // KindRewrite, KindHeader, KindLink, KindOrigin

	Text string // what it is
	Note string // why, or by whom; often empty
	// NoteTone is the tone of the note.
	NoteTone Tone
}

// Kind is what a row is about.
type Kind uint8

// The kinds of rows, in the order in which they usually come.
const (
	KindPacket    Kind = iota + 1 // which packet, and between which nodes
	KindStretch                   // where it went since the stop before
	KindProxy                     // what a proxy has to do with its connection
	KindUnmatched                 // a rule that was evaluated without a match, and why
	KindRule                      // a rule that matched, or a chain's policy
	KindDetour                    // chains that were visited and decided nothing
	KindRewrite                   // a new address, port or ICMP identifier, and who wrote it
	KindHeader                    // another field of the IP header
	KindOrigin                    // the rule behind a translation, and the packet that met it
	KindNoNAT                     // that no nat rule was evaluated
	KindLink                      // a field of the new link header
	KindEvidence                  // what is not known of the way to the stop
	KindAmbiguous                 // that it may be another packet
	KindHop                       // that it was seen at the stop
	KindOutcome                   // how it ended
	KindReported                  // which ICMP error its sender got
)

// Level is how much detail a reader must want to see a row.
type Level uint8

// The levels, from the least detail.
const (
	Brief  Level = iota + 1 // the turning points
	Usual                   // each decision
	Detail                  // link headers, and rules that decided nothing
)

// Tone is what a text is like; a view has a style for each.
type Tone uint8

// The tones.
const (
	TonePlain Tone = iota
	ToneNote
	ToneRule
	ToneChanged
	ToneGood
	ToneBad
)

// Signs are the characters that a view writes with.
type Signs struct{ Arrow, Becomes, Micro string }

// NewSigns returns the signs of a view with or without characters outside of ASCII.
func NewSigns(ascii bool) Signs {
	if ascii {
		return Signs{Arrow: "->", Becomes: "=>", Micro: "us"}
	}
	return Signs{Arrow: "→", Becomes: "⇒", Micro: "µs"}
}
