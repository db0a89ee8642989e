package page

import (
	"strconv"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
	"tracer/trace/netmap"
)

// compareEntry is an entry of the list: a packet, or a number of packets that are alike.
type compareEntry struct {
	Alike       string // empty: a packet
	Name        string
	Numbers     []string // one for each side; empty: it has none
	Summary     string
	At, Last    int
	Turns       string // the moments that differ
	Differs     bool
	Only, Marks string
	Tone        string
}

// comparePacket is a packet, row by row.
type comparePacket struct {
	Name, Title string
	First       int
	Rows        []compareRow
}

// compareRow is a moment of both sides, or of one.
type compareRow struct {
	Name          string
	Stop, Differs bool // Stop: it is seen at an interface, or ends
	Other         bool // the engines' rules differ, without an effect
	Sides         []compareMoment
}

type compareMoment struct {
	Letter, Place, Hook string
	Lines               []line
	Seen                *compareSeen
	None                string // says that the side has no such moment
}

// compareSeen is a packet at an interface.
type compareSeen struct{ Where, Direction, Source, Destination, TTLName, TTL string }

// mostCompared is how many packets are shown step by step.
const mostCompared = 150

// choose decides which packets are shown step by step: those that differ, and the others as far
// as there is room.
func (p *comparer) choose() {
	p.shown = make([]bool, len(p.Packets))
	left := mostCompared
	for _, differs := range [...]bool{true, false} {
		for i := range p.Packets {
			if x := &p.Packets[i]; x.Differs == differs && !x.Incidental && left > 0 {
				p.shown[i] = true
				left--
			}
		}
	}
}

// packets adds the packets that are shown step by step.
func (p *comparer) packets(d *comparison) {
	p.names, p.begins = make([]string, len(p.Packets)), make([]int, len(p.Packets))
	next := 1
	for i := range p.Packets {
		x := &p.Packets[i]
		p.begins[i] = next
		if !p.shown[i] {
			continue
		}
		p.names[i] = p.name(x)
		out := comparePacket{Name: p.names[i], Title: p.Packet(x), First: next}
		for k, r := range p.Rows(x) {
			out.Rows = append(out.Rows, p.row(x, &r, out.Name+"."+strconv.Itoa(k+1)))
		}
		next += len(out.Rows)
		d.Packets = append(d.Packets, out)
	}
	d.End = next - 1
	p.timed(d)
}

// timed hides rows that say what comes later until the end.
func (p *comparer) timed(d *comparison) {
	for i := range d.Packets {
		for k := range d.Packets[i].Rows {
			for s := range d.Packets[i].Rows[k].Sides {
				for n := range d.Packets[i].Rows[k].Sides[s].Lines {
					if l := &d.Packets[i].Rows[k].Sides[s].Lines[n]; l.At != 0 {
						l.At = d.End
					}
				}
			}
		}
	}
}

// name names a packet in links: by its number on side A, or else with the letter of side B.
func (p *comparer) name(x *compare.Packet) string {
	if j := p.Journey(x, compare.A); j != nil {
		return strconv.Itoa(j.ID)
	}
	return compare.B.String() + strconv.Itoa(p.Journey(x, compare.B).ID)
}

func (p *comparer) row(x *compare.Packet, r *compare.Row, name string) compareRow {
	out := compareRow{Name: name, Differs: r.Differs, Other: r.Rules && !r.Differs}
	for _, s := range compare.Sides {
		m := compareMoment{Letter: s.String()}
		if r.Has[s] {
			p.moment(&m, s, p.Journey(x, s), r.Places[s])
			stops := explain.Moments(p.Journey(x, s), r.Places[s].Stop)
			out.Stop = out.Stop || r.Places[s].Moment == len(stops)-1
		} else {
			m.None = p.Format(missing(r))
		}
		out.Sides = append(out.Sides, m)
	}
	return out
}

// missing says why a side has no moment in a row.
func missing(r *compare.Row) explain.Message {
	switch {
	case r.Differs, r.Rules:
		return explain.CompareNoStep
	case r.Within:
		return explain.CompareWithin
	}
	return explain.CompareUnrecorded
}

// moment adds what happens to a packet at a moment, and where that is.
func (p *comparer) moment(out *compareMoment, s compare.Side, j *trace.Journey, at explain.Place) {
	moments := explain.Moments(j, at.Stop)
	way := j.Stretch(at.Stop)
	switch last := at.Moment == len(moments)-1; {
	case at.Stop < len(j.Hops) && last:
		h := &j.Hops[at.Stop]
		out.Place = p.drawings[s].place(netmap.Place{Node: h.Node, Interface: h.Interface})
	case moments[at.Moment].Hook != 0:
		out.Hook = p.drawings[s].hook(way.Node, moments[at.Moment].Hook)
	}
	for _, r := range p.Accounts[s].Stop(j, at.Stop) {
		if r.Moment == at.Moment {
			p.line(out, s, j, &r)
		}
	}
}

// line adds a row of the account.
func (p *comparer) line(out *compareMoment, s compare.Side, j *trace.Journey, r *explain.Row) {
	l := line{Tone: tones[r.Tone], Text: r.Text, Note: r.Note, NoteTone: tones[r.NoteTone]}
	switch r.Kind {
	case explain.KindUnmatched, explain.KindOrigin:
		return
	case explain.KindStretch:
		l.Tone = "way"
		if r.Stop > 0 && r.Node == j.Hops[r.Stop-1].Node { // the text says where it will leave the node
			l.Text = p.Format(explain.LabelInside, r.Node)
		}
	case explain.KindHook:
		l.Tone = "hook"
	case explain.KindRule, explain.KindDetour:
		l.Where = r.Table + " " + r.Chain
	case explain.KindRewrite, explain.KindHeader, explain.KindLink:
		l.Field, l.From, l.To, l.Text = r.Field, p.Value(r.Change.Field, r.Change.From), p.Value(r.Change.Field, r.Change.To), ""
	case explain.KindReported: // by a later packet
		l.At = 1
	case explain.KindHop:
		h := &j.Hops[r.Stop]
		out.Seen = &compareSeen{Where: h.Place(), Source: h.Packet.Source(), Destination: h.Packet.Destination()}
		if h.Direction != 0 {
			out.Seen.Direction = h.Direction.String()
		}
		if h.Packet.IsIP() {
			out.Seen.TTLName, out.Seen.TTL = explain.TTLName(&h.Packet), strconv.Itoa(int(h.Packet.TTL))
		}
		return
	case explain.KindOutcome:
		l.Tone += " end"
	}
	out.Lines = append(out.Lines, l)
}

// list lists the packets. Those that are not shown step by step are counted.
func (p *comparer) list(d *comparison) {
	alike, hidden := 0, 0
	end := func(at int) {
		if alike > 0 {
			d.List = append(d.List, compareEntry{Alike: p.Format(explain.CompareAlikeMore, alike), At: min(at, d.End)})
		}
		alike = 0
	}
	for i, k := 0, 0; i < len(p.Packets); i++ {
		x := &p.Packets[i]
		if !p.shown[i] {
			alike++
			if x.Differs {
				hidden++
			}
			continue
		}
		end(d.Packets[k].First)
		d.List = append(d.List, p.entry(x, &d.Packets[k]))
		k++
	}
	end(d.End)
	if hidden > 0 {
		d.LeftOut = p.Format(explain.CompareLeftOut, hidden, mostCompared)
	}
}

func (p *comparer) entry(x *compare.Packet, of *comparePacket) compareEntry {
	e := compareEntry{Name: of.Name, At: of.First, Last: of.First + len(of.Rows) - 1, Differs: x.Differs}
	for _, s := range compare.Sides {
		j := p.Journey(x, s)
		if j == nil {
			e.Numbers = append(e.Numbers, "")
			e.Only = p.Format(explain.CompareOnly, s.Other())
			continue
		}
		e.Numbers = append(e.Numbers, p.Number(j.ID))
		if e.Summary == "" {
			e.Summary = j.Summary
		}
		if j.Outcome.Lost() {
			e.Marks += s.String() + signDropped
			e.Tone = "bad"
		}
	}
	var turns []int
	for i := range of.Rows {
		if of.Rows[i].Differs && (i == 0 || !of.Rows[i-1].Differs) {
			turns = append(turns, of.First+i)
		}
	}
	e.Turns = numbers(turns)
	return e
}
