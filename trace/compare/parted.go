package compare

import (
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
)

// parted adds the differences between the two ways of a packet.
func (c *Comparison) parted(packet int) {
	p := &c.Packets[packet]
	a, b := c.events(p, A), c.events(p, B)
	pairs, unsure := paired(a, b), p.Uncertain || c.incomplete()
	gaps(pairs, len(a), len(b), func(from, to [2]int) {
		d := Difference{Requests: p.Requests, Packet: packet, Uncertain: unsure || vague(a, from[A], to[A]) || vague(b, from[B], to[B])}
		d.Facts = c.telling(p, [2][]event{a[from[A]:to[A]], b[from[B]:to[B]]})
		if d.Kind = kind(d.Facts); d.Kind != 0 {
			c.Differences = append(c.Differences, d)
		}
	})
}

// telling returns the first of the events on each side that counts. With different engines, that
// is the rule that dropped the packet on one side, and the one that decided there on the other.
func (c *Comparison) telling(p *Packet, of [2][]event) (facts [2]Fact) {
	var dropped [2]*event
	for _, s := range Sides {
		if i := slices.IndexFunc(of[s], func(e event) bool { return !e.silent }); i >= 0 {
			facts[s] = of[s][i].Fact
			dropped[s] = dropping(of[s][:i+1], c.Journey(p, s))
		}
	}
	for _, s := range Sides {
		other := dropped[s.Other()]
		switch {
		case dropped[s] != nil:
			facts[s] = dropped[s].Fact
		case other != nil:
			if e := deciding(of[s], other); e != nil {
				facts[s] = e.Fact
			}
		}
	}
	for _, s := range Sides {
		facts[s].Absence = c.absence(p, s.Other(), &facts[s])
	}
	return facts
}

// dropping returns the rule or policy that dropped a packet, if its end follows in a list of events.
func dropping(list []event, j *trace.Journey) *event {
	if !list[len(list)-1].Ends() || j.Outcome.Kind != trace.OutcomeDropped {
		return nil
	}
	for i := len(list) - 1; i >= 0; i-- {
		if e := &list[i]; e.Kind == KindRule && e.Step.Terminal && e.Step.Hook == j.Outcome.Hook {
			return e
		}
	}
	return nil
}

// deciding returns the last rule or policy that decided at the hook of another event.
func deciding(list []event, at *event) *event {
	for i := len(list) - 1; i >= 0; i-- {
		if e := &list[i]; e.Kind == KindRule && e.Step.Terminal && e.Node == at.Node && e.Step.Hook == at.Step.Hook {
			return e
		}
	}
	return nil
}

func (c *Comparison) events(p *Packet, s Side) []event { return c.ways.events(s, c.Journey(p, s)) }

// kind names a difference by the more telling of its facts: a rule on one side says more than what
// the packet reaches on the other.
func kind(facts [2]Fact) Kind {
	a, b := facts[A].Kind, facts[B].Kind
	switch {
	case a == 0:
		return b
	case b == 0 || a == b:
		return a
	}
	for _, k := range [...]Kind{KindRule, KindEnd, KindChange, KindHook, KindPlace} {
		if a == k || b == k {
			return k
		}
	}
	return a
}

// vague reports whether a part of a way, or what is beside it, is not known for certain.
func vague(list []event, from, to int) bool {
	return slices.ContainsFunc(list[max(0, from-1):min(len(list), to+1)], func(e event) bool { return e.vague })
}

// absence returns why a side's packet did not match a rule that its counterpart matched.
func (c *Comparison) absence(p *Packet, s Side, f *Fact) (out Absence) {
	if f.Kind != KindRule || f.Step.Handle == 0 || f.Step.Text == "" {
		return out
	}
	want := c.ways.rule(s.Other(), f.Node, &f.Step.RuleRef)
	is := func(chain, table, text string) bool {
		return table == f.Step.Table && chain == f.Step.Chain && c.ways.rule(s, f.Node, &trace.RuleRef{Table: table, Chain: chain, Text: text}) == want
	}
	j := c.Journey(p, s)
	for stop := range len(j.Hops) + 1 {
		way := j.Stretch(stop)
		for i := range way.Steps {
			step := &way.Steps[i]
			for k := range step.Unmatched {
				if u := &step.Unmatched[k]; way.Node == f.Node && is(step.Chain, step.Table, u.Text) {
					return Absence{AbsenceUnmatched, u}
				}
			}
		}
	}
	return c.existence(s, f, is)
}

// existence returns whether a node has a rule. Rules are known as they were at the end; a command
// may have changed them.
func (c *Comparison) existence(s Side, f *Fact, is func(chain, table, text string) bool) (out Absence) {
	t := c.Traces[s]
	node := t.State.Node(f.Node)
	if node == nil || node.Rules == nil || slices.ContainsFunc(t.Answers, func(a trace.Answer) bool { return a.Command && a.From == f.Node }) {
		return out
	}
	if table := node.Table(f.Step.Table); table != nil {
		if chain := table.Chain(f.Step.Chain); chain != nil && slices.ContainsFunc(chain.Rules, func(r trace.Rule) bool { return is(chain.Name, table.Name, r.Text) }) {
			return Absence{Kind: AbsenceUnreached}
		}
	}
	return Absence{Kind: AbsenceMissing}
}

// Rows returns the moments of a packet, side by side.
func (c *Comparison) Rows(p *Packet) []Row {
	if !p.Has(A) || !p.Has(B) {
		return c.alone(p)
	}
	a, b := c.events(p, A), c.events(p, B)
	pairs := paired(a, b)
	r := &rows{of: [2][]event{a, b}}
	next := 0
	gaps(pairs, len(a), len(b), func(from, to [2]int) {
		for ; next < len(pairs) && pairs[next][A] < from[A] && pairs[next][B] < from[B]; next++ {
			r.same(pairs[next])
		}
		r.parted(from, to)
	})
	for ; next < len(pairs); next++ {
		r.same(pairs[next])
	}
	return r.list
}

// alone returns the moments of a packet that only one side has.
func (c *Comparison) alone(p *Packet) (list []Row) {
	r := &rows{}
	for _, s := range Sides {
		if p.Has(s) {
			r.of[s] = c.events(p, s)
			to := [2]int{}
			to[s] = len(r.of[s])
			r.parted([2]int{}, to)
		}
	}
	for i := range r.list {
		r.list[i].Differs = p.Differs
	}
	return r.list
}

// rows puts moments side by side. A moment can consist of several events.
type rows struct {
	of   [2][]event
	list []Row
}

// last returns the row that has the latest moment of a side, or nil if that is another one.
func (r *rows) last(s Side, at explain.Place) *Row {
	for i := len(r.list) - 1; i >= 0; i-- {
		if row := &r.list[i]; row.Has[s] {
			if row.Places[s] == at {
				return row
			}
			return nil
		}
	}
	return nil
}

// same adds two equal events.
func (r *rows) same(p [2]int) {
	a, b := r.of[A][p[A]].Place, r.of[B][p[B]].Place
	inA, inB := r.last(A, a), r.last(B, b)
	switch {
	case inA != nil && inB != nil: // in one row, or in two that begin differently
	case inA != nil && !inA.Has[B] && r.latest(inA):
		inA.Has[B], inA.Places[B] = true, b
	case inB != nil && !inB.Has[A] && r.latest(inB):
		inB.Has[A], inB.Places[A] = true, a
	case inA != nil:
		r.list = append(r.list, Row{Places: [2]explain.Place{B: b}, Has: [2]bool{B: true}, Within: true})
	case inB != nil:
		r.list = append(r.list, Row{Places: [2]explain.Place{A: a}, Has: [2]bool{A: true}, Within: true})
	default:
		r.list = append(r.list, Row{Places: [2]explain.Place{a, b}, Has: [2]bool{true, true}})
	}
}

func (r *rows) latest(row *Row) bool { return row == &r.list[len(r.list)-1] }

// counts reports whether a gap has an event that counts. Then so do its rules, whatever the engines.
func (r *rows) counts(from, to [2]int) bool {
	for _, s := range Sides {
		if slices.ContainsFunc(r.of[s][from[s]:to[s]], func(e event) bool { return !e.silent }) {
			return true
		}
	}
	return false
}

func (r *rows) index(row *Row) int {
	i := len(r.list) - 1
	for i >= 0 && row != &r.list[i] {
		i--
	}
	return i
}

// parted adds the events of a gap: the moments of both sides next to each other, as long as both
// have any. A row that began before the gap differs only if no row of the gap does.
func (r *rows) parted(from, to [2]int) {
	begin := len(r.list)
	next := begin     // the first row that has no moment of side B yet
	var earlier []int // rows
	counts := r.counts(from, to)
	for _, s := range Sides {
		for i := from[s]; i < to[s]; i++ {
			e := &r.of[s][i]
			at, heard := e.Place, !e.silent || counts && e.Kind == KindRule
			row := r.last(s, at)
			switch {
			case row != nil && r.index(row) < begin:
				if heard {
					earlier = append(earlier, r.index(row))
				}
				continue
			case row != nil:
			case s == B && next < len(r.list):
				row = &r.list[next]
				row.Has[B], row.Places[B] = true, at
				next++
			default:
				r.list = append(r.list, Row{})
				row = &r.list[len(r.list)-1]
				row.Has[s], row.Places[s] = true, at
				if s == B {
					next++
				}
			}
			row.Differs = row.Differs || heard
			row.Rules = row.Rules || e.Kind == KindRule
		}
	}
	if slices.ContainsFunc(r.list[begin:], func(row Row) bool { return row.Differs }) {
		return
	}
	for _, i := range earlier {
		r.list[i].Differs = true
	}
}
