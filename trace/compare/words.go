package compare

import (
	"cmp"
	"strconv"
	"strings"

	"tracer/trace"
	"tracer/trace/explain"
)

// Words describes a comparison in one language.
type Words struct {
	*Comparison
	explain.Language
	Accounts [2]*explain.Account
}

// Words returns the words for a comparison.
func (c *Comparison) Words(l explain.Language, s explain.Signs) *Words {
	return &Words{c, l, [2]*explain.Account{l.Account(c.Traces[A], s), l.Account(c.Traces[B], s)}}
}

// Title says what is compared.
func (w *Words) Title() string {
	a, b := w.Traces[A], w.Traces[B]
	switch engine := w.Engines(); {
	case a.Scenario != b.Scenario:
		return w.Format(explain.CompareTwo, a.Scenario, b.Scenario)
	case w.OtherEngine() && fault(a) == fault(b):
		return w.Format(explain.CompareEngines, a.Scenario, engine[A], engine[B])
	case fault(a) == "" && fault(b) != "":
		return w.Format(explain.CompareFault, a.Scenario, fault(b))
	case fault(b) == "" && fault(a) != "":
		return w.Format(explain.CompareFault, a.Scenario, fault(a))
	}
	return w.Format(explain.CompareOne, a.Scenario)
}

func fault(t *trace.Trace) string {
	if t.Lesson == nil {
		return ""
	}
	return t.Lesson.Fault
}

// Side describes one of the traces.
func (w *Words) Side(s Side) string {
	t := w.Traces[s]
	about := w.Format(explain.CompareSide)
	if fault(t) != "" {
		about = w.Format(explain.CompareSideHas, t.Lesson.Fault, t.Lesson.FaultTitle)
	}
	if w.OtherEngine() {
		engine := w.Format(explain.CompareEngine, w.Engines()[s])
		if about = w.Format(explain.CompareAlso, engine, about); fault(w.Traces[A]) == fault(w.Traces[B]) && fault(t) == "" {
			about = engine
		}
	}
	if w.Traces[A].Scenario != w.Traces[B].Scenario {
		about = w.Format(explain.Headed, t.Scenario, about)
	}
	return about
}

// Packet names a packet: "#3 TCP SYN", or "#3, #4 TCP SYN" if its numbers differ.
func (w *Words) Packet(p *Packet) string {
	summary, numbers := "", []string{}
	for _, s := range Sides {
		if j := w.Journey(p, s); j != nil {
			summary = cmp.Or(summary, j.Summary)
			numbers = append(numbers, w.Number(j.ID))
		}
	}
	if len(numbers) == 2 && numbers[0] == numbers[1] {
		numbers = numbers[:1]
	}
	return strings.Join(numbers, ", ") + " " + summary
}

// Difference names a difference in a few words.
func (w *Words) Difference(d *Difference) string {
	node, hook := w.place(d)
	switch d.Kind {
	case KindRequest:
		if s, only := w.only(d); only {
			return w.Format(explain.CompareOnly, s)
		}
		return w.Format(explain.CompareRequests)
	case KindAnswer:
		return w.Format(explain.CompareAnswers, w.numbers(d.Requests, A))
	case KindPacket:
		s, _ := w.only(d)
		return w.Format(explain.CompareOnly, s)
	case KindSent:
		return w.Format(explain.CompareSentBy, node)
	case KindHook:
		return w.Format(explain.CompareHookAt, node)
	case KindRule:
		if hook == 0 {
			return w.Format(explain.CompareRuleOn, node)
		}
		return w.Format(explain.CompareRuleAt, node, hook)
	case KindChange:
		for _, s := range Sides {
			if c := d.Facts[s].Change; c != nil {
				return w.Format(explain.CompareField, node, explain.FieldName(c.Field, w.Journey(&w.Packets[d.Packet], s)))
			}
		}
	case KindEnd:
		return w.Format(explain.CompareEnd, node)
	}
	return w.Format(explain.ComparePlace, node)
}

// place returns where a difference is. hook is 0 if it is not at a rule.
func (w *Words) place(d *Difference) (node string, hook trace.Hook) {
	for _, s := range Sides {
		f := &d.Facts[s]
		node = cmp.Or(node, f.Node)
		if f.Step != nil {
			hook = f.Step.Hook
		}
	}
	return node, hook
}

// Decided says where packets meet other rules with the same effect.
func (w *Words) Decided(d *Deciders) string {
	return w.Format(explain.CompareDecided, w.Packet(&w.Packets[d.Packet]), d.Node, d.Hook)
}

// Decider describes what decides there on a side, one after the other.
func (w *Words) Decider(d *Deciders, s Side) (list []string) {
	for _, step := range d.Steps[s] {
		list = append(list, w.Step(step))
	}
	if len(list) == 0 {
		list = append(list, w.Format(explain.CompareNoDecider))
	}
	return list
}

// Rulesets counts what only one engine's rules contain. The other settings are left.
func (w *Words) Rulesets() (counts [2]string, rest []Setting) {
	var n [2]int
	for _, s := range w.Settings {
		switch s.Kind {
		case SettingRule, SettingPolicy, SettingPriority:
			n[s.Side]++
		default:
			rest = append(rest, s)
		}
	}
	for _, s := range Sides {
		if n[s] > 0 {
			counts[s] = w.Format(explain.CompareRulesets, n[s], s.Other())
		}
	}
	return counts, rest
}

// Unchanged says that no packet fares differently.
func (w *Words) Unchanged() string {
	switch {
	case len(w.Differences) > 0:
		return w.Format(explain.CompareNone)
	case w.OtherEngine():
		return w.Format(explain.CompareAlikeEngine)
	case w.Equal():
		return w.Format(explain.CompareEqual)
	}
	return w.Format(explain.CompareAlike)
}

// FirstLine says in one line what was compared, and what the first difference is.
func (w *Words) FirstLine() string {
	said := w.Unchanged()
	if d := w.First(); d != nil {
		said = w.Format(explain.CompareFirstOf, w.Packet(&w.Packets[d.Packet])+", "+w.Difference(d))
	}
	return w.Format(explain.Headed, w.Title(), said)
}

// Ignored says what is not compared.
func (w *Words) Ignored() string {
	if w.OtherEngine() {
		return w.Format(explain.CompareIgnored) + " " + w.Format(explain.CompareIgnoredRule)
	}
	return w.Format(explain.CompareIgnored)
}

// only returns the side that has what the other lacks.
func (w *Words) only(d *Difference) (s Side, only bool) {
	has := func(s Side) bool {
		if d.Packet >= 0 {
			return w.Packets[d.Packet].Has(s)
		}
		return len(w.Requests[d.Requests].Numbers[s]) > 0
	}
	if has(A) == has(B) {
		return A, false
	}
	if has(A) {
		return A, true
	}
	return B, true
}

func (w *Words) numbers(requests int, s Side) string {
	var list []string
	for _, n := range w.Requests[requests].Numbers[s] {
		list = append(list, strconv.Itoa(n))
	}
	return strings.Join(list, ", ")
}

// Requested lists the requests of a side with their answers, which it takes from the unescaped ones.
func (w *Words) Requested(requests int, s Side, answers []trace.Answer) (list []string) {
	for _, n := range w.Requests[requests].Numbers[s] {
		list = append(list, w.Accounts[s].Answer(answers[n-1]))
	}
	return list
}
