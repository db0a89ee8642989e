package explain

import "tracer/trace"

// Row is one fact about a packet, in words.
//
// Views style rows with columns, colors, signs and line breaks. They neither rephrase nor
// reorder them, and select them only by kind and level.
type Row struct {
	Kind  Kind
	Level Level
	Tone  Tone
	Stop  int // index of the hop it leads to; len(Hops) is the end, after the last hop

	Moment int // of those on the way to the stop; see [Moments]

	Node         string // where it happened
	Table, Chain string // KindRule, KindUnmatched, KindDetour: the place of the rule

	Hook      trace.Hook       // KindHook
	Step      *trace.Step      // KindRule; KindUnmatched: the step after the rule; KindDetour: the first jump
	Unmatched *trace.Unmatched // KindUnmatched
	Change    *trace.Change    // KindRewrite, KindHeader, KindLink, KindOrigin
	Field     string           // KindRewrite, KindHeader, KindLink: the name of the changed field

	Text string // the fact
	Note string // its reason or cause; often empty
	// NoteTone is the tone of the note.
	NoteTone Tone
}

// Kind is the kind of fact that a row describes.
type Kind uint8

// The kinds of rows, in their usual order.
const (
	KindPacket    Kind = iota + 1 // which packet, and between which nodes
	KindStretch                   // its way from the previous stop
	KindProxy                     // a proxy's part in its connection
	KindSegment                   // the packet of which it is a segment
	KindUnheard                   // the packet that it answers, for which no socket listened
	KindHook                      // a netfilter hook that it reached
	KindEntry                     // conntrack made an entry for it
	KindUnmatched                 // a rule that was evaluated without a match, and why
	KindRule                      // a rule that matched, or a chain's policy
	KindElement                   // the element of a map that gave the rule's verdict
	KindFollowed                  // that a verdict is not final: other chains at the hook follow
	KindDetour                    // chains that were visited without a decision
	KindRewrite                   // a new address, port or ICMP identifier, and its cause
	KindHeader                    // another field of the IP or TCP header, or the packet's mark
	KindOrigin                    // the rule behind a translation, and the packet that matched it
	KindNoNAT                     // that no nat rule was evaluated
	KindLink                      // a field of the new link header
	KindEvidence                  // what is not known about the way to the stop
	KindIdentity                  // the evidence that it is the same packet, if not the strongest
	KindAmbiguous                 // that it may be another packet
	KindHop                       // that it was seen at the stop; the note says in how many fragments, if any
	KindOutcome                   // how it ended
	KindReported                  // the ICMP error or reset sent because of it, if any
	KindDiscarded                 // its conntrack entry was discarded with it
)

// Level is the level of detail at which a row is shown.
type Level uint8

// The levels, from the least detail.
const (
	Brief  Level = iota + 1 // the turning points
	Usual                   // each decision
	Detail                  // link headers, and rules that decided nothing
)

// Tone is the character of a text. A view has a style for each.
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

// Signs are the special characters of a view.
type Signs struct{ Arrow, Becomes, Micro string }

// NewSigns returns the signs of a view, which may be limited to ASCII.
func NewSigns(ascii bool) Signs {
	if ascii {
		return Signs{Arrow: "->", Becomes: "=>", Micro: "us"}
	}
	return Signs{Arrow: "→", Becomes: "⇒", Micro: "µs"}
}
