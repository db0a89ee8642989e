package tui

import (
	"cmp"
	"slices"

	"tracer/trace/compare"
	"tracer/trace/explain"
)

// dualKeys are the keys of the walk through two traces: those of the walk that apply, and one to switch
// sides.
var dualKeys = slices.Concat(
	walkKeys(nextMoment, previousMoment, nextHop, previousHop),
	differenceKeys(nextEvent, previousEvent),
	walkKeys(nextPacket, previousPacket, firstHop, lastHop, firstPacket, lastPacket, toggleMask, play, nextPane, previousPane, scrollDown, scrollUp),
	[]binding{{switchSide, explain.CompareSwitch, explain.CompareKeySwitch, bind(switchSide, "", "x", "x").Binding}},
	walkKeys(toggleHelp, quit),
)

// dualBrief lists the keys for the status line, most important first.
var dualBrief = []intent{nextMoment, nextEvent, toggleHelp, quit, nextHop, nextPacket, nextPane, toggleMask, play}

// walkKeys returns the bindings of the walk for intents.
func walkKeys(of ...intent) (list []binding) {
	for _, b := range keymap {
		if slices.Contains(of, b.intent) {
			list = append(list, b)
		}
	}
	return list
}

// differenceKeys returns bindings of the walk that lead to differences instead of turning points.
func differenceKeys(of ...intent) []binding {
	list := walkKeys(of...)
	list[0].label, list[0].line = explain.CompareDiffers, explain.CompareKeyDiffers
	return list
}

// packet returns the packet of a spot. There must be one.
func (p *dual) packet(at spot) *compare.Packet { return &p.words.Packets[p.packets[at.packet]] }

// rowsOf returns the rows of a packet.
func (p *dual) rowsOf(packet int) []compare.Row {
	i := p.packets[packet]
	list, known := p.rows[i]
	if !known {
		list = p.words.Rows(&p.words.Packets[i])
		p.rows[i] = list
	}
	return list
}

// turned reports whether a difference begins at a spot.
func (p *dual) turned(at spot) bool {
	rows := p.rowsOf(at.packet)
	return rows[at.row].Differs && (at.row == 0 || !rows[at.row-1].Differs)
}

// turns returns where differences begin, in order.
func (p *dual) turns() (list []spot) {
	for i := range p.packets {
		if !p.words.Packets[p.packets[i]].Differs {
			continue
		}
		for k := range p.rowsOf(i) {
			if at := (spot{i, k}); p.turned(at) {
				list = append(list, at)
			}
		}
	}
	return list
}

// move moves both sides.
func (p *dual) move(i intent) {
	if len(p.packets) == 0 {
		return
	}
	at := p.at
	last := func(packet int) spot { return spot{packet, len(p.rowsOf(packet)) - 1} }
	switch i {
	case nextMoment:
		at = p.step(at, 1)
	case previousMoment:
		at = p.step(at, -1)
	case nextHop, previousHop:
		at = p.hop(at, i == nextHop)
	case nextPacket:
		at = spot{packet: min(at.packet+1, len(p.packets)-1)}
	case previousPacket:
		at = spot{packet: max(at.packet-1, 0)}
	case firstHop:
		at.row = 0
	case lastHop:
		at = last(at.packet)
	case firstPacket:
		at = spot{}
	case lastPacket:
		at = spot{packet: len(p.packets) - 1}
	case nextEvent, previousEvent:
		at = p.differing(at, i == nextEvent)
	}
	p.at = at
	p.look()
}

// step returns the row after a spot, or before it if by is -1.
func (p *dual) step(at spot, by int) spot {
	switch row := at.row + by; {
	case row >= 0 && row < len(p.rowsOf(at.packet)):
		return spot{at.packet, row}
	case by > 0 && at.packet+1 < len(p.packets):
		return spot{packet: at.packet + 1}
	case by < 0 && at.packet > 0:
		return spot{at.packet - 1, len(p.rowsOf(at.packet-1)) - 1}
	}
	return at
}

// hop returns the next row, or the one before, at which a side is at an interface or the end.
func (p *dual) hop(at spot, forward bool) spot {
	by := 1
	if !forward {
		by = -1
	}
	for {
		next := p.step(at, by)
		if next == at || p.stops(next) {
			return next
		}
		at = next
	}
}

// stops reports whether a side is at an interface or the end.
func (p *dual) stops(at spot) bool {
	row := p.rowsOf(at.packet)[at.row]
	for _, s := range compare.Sides {
		if j := p.words.Journey(p.packet(at), s); j != nil && row.Has[s] && row.Places[s].Moment == len(explain.Moments(j, row.Places[s].Stop))-1 {
			return true
		}
	}
	return false
}

// differing returns the next difference, or the one before.
func (p *dual) differing(at spot, forward bool) spot {
	turns := p.turns()
	label := explain.CompareNoNext
	if !forward {
		label = explain.CompareNoPrevious
		slices.Reverse(turns)
	}
	for _, t := range turns {
		if order := cmp.Or(t.packet-at.packet, t.row-at.row); order > 0 && forward || order < 0 && !forward {
			return t
		}
	}
	p.note = p.language.Format(label)
	return at
}

// look moves each side to the row or, if it does not have it, to its latest one in that packet.
// A side without the packet stays where it is.
func (p *dual) look() {
	if len(p.packets) == 0 {
		return
	}
	rows := p.rowsOf(p.at.packet)[:p.at.row+1]
	for _, s := range compare.Sides {
		m, j := p.sides[s], p.words.Journey(p.packet(p.at), s)
		if j == nil {
			continue
		}
		at := explain.Place{}
		for i := len(rows) - 1; i >= 0; i-- {
			if rows[i].Has[s] {
				at = rows[i].Places[s]
				break
			}
		}
		if i := m.list.exactly(j.ID); i >= 0 {
			m.open(i)
			m.goTo(cursor{i, at.Stop, at.Moment})
		}
	}
}
