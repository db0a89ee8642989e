package tui

import (
	"cmp"

	"tracer/trace"
)

// event returns the next turning point in a direction. In folded runs, only what the lesson
// is about is new.
func (l *list) event(c cursor, by int) (_ cursor, ok bool) {
	for p := c.packet; p >= 0 && p < l.len(); p += by {
		list := l.named(p)
		if from, to := l.folded(p); from == to {
			list = l.events(p)
		}
		for i := range list {
			e := list[i]
			if by < 0 {
				e = list[len(list)-1-i]
			}
			if by > 0 && c.before(e) || by < 0 && e.before(c) {
				return e, true
			}
		}
	}
	return c, false
}

func (c cursor) before(o cursor) bool { return c.compare(o) < 0 }

func (c cursor) compare(o cursor) int {
	return cmp.Or(c.packet-o.packet, c.stop-o.stop, c.moment-o.moment)
}

// named returns the places of a packet that the lesson's expectations name, in order.
func (l *list) named(packet int) (list []cursor) {
	j := l.At(packet)
	for _, p := range l.Turns(j, true) {
		list = append(list, cursor{packet, p.Stop, p.Moment})
	}
	return list
}

// events returns the turning points of a packet, in order.
func (l *list) events(packet int) (list []cursor) {
	j := l.At(packet)
	for _, p := range l.Turns(j, false) {
		list = append(list, cursor{packet, p.Stop, p.Moment})
	}
	return list
}

// rewrites counts the addresses, ports and ICMP ids that changed.
func rewrites(changes []trace.Change) (n int) {
	for i := range changes {
		if changes[i].Field.Translated() {
			n++
		}
	}
	return n
}
