package compare

import (
	"cmp"
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
	switch {
	case a.Scenario != b.Scenario:
		return w.Format(explain.CompareTwo, a.Scenario, b.Scenario)
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
	if w.Traces[A].Scenario != w.Traces[B].Scenario {
		about = w.Format(explain.CompareRun, t.Scenario, about)
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
				return w.Format(explain.CompareField, node, c.Field)
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
		list = append(list, number(n))
	}
	return strings.Join(list, ", ")
}

// Requested returns the requests of a side, with their answers, as answered before they were
// escaped.
func (w *Words) Requested(requests int, s Side, answers []trace.Answer) (list []string) {
	for _, n := range w.Requests[requests].Numbers[s] {
		list = append(list, w.Accounts[s].Answer(answers[n-1]))
	}
	return list
}
