package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"tracer/trace/explain"
)

// press handles a key: input to the prompt, any key to close the help, or an intent.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	m.note = ""
	switch {
	case m.prompt != nil:
		if m.prompt.press(k) {
			m.prompt = nil
		}
		return nil
	case m.help && k.String() != "ctrl+c":
		m.help = false
		return nil
	}
	return m.do(intentOf(k))
}

// do carries out an intent.
func (m *model) do(i intent) tea.Cmd {
	switch i {
	case quit:
		return tea.Quit
	case suspend:
		return tea.Suspend
	case toggleHelp:
		m.help = !m.help
	case toggleMouse:
		m.toggleMouse()
	case sendAgain:
		return m.again()
	case filterPackets:
		m.askFilter()
	case leave:
		m.playing = false
		m.filter("")
	case showBackground:
		m.toggleBackground()
	}
	if m.list.len() == 0 {
		return nil
	}
	switch i {
	case exportTrace:
		return m.save()
	case play:
		return m.togglePlay()
	case slower:
		m.pace = min(slowestPace, m.pace+500*time.Millisecond)
	case faster:
		m.pace = max(fastestPace, m.pace-500*time.Millisecond)
	case nextPane, previousPane:
		m.turn(i)
	case scrollDown:
		m.scroll += min(m.view.below, max(1, m.layout.detail.h-3))
	case scrollUp:
		m.scroll -= max(1, m.layout.detail.h-3) // drawPane limits it
	case goTo:
		m.askPacket()
	default:
		if m.move(i) {
			m.playing = false
		}
	}
	return nil
}

// move moves the walk, and reports whether the intent is a move.
func (m *model) move(i intent) bool {
	c := m.at
	last := m.list.len() - 1
	switch i {
	case nextHop:
		c, _ = m.list.next(c, 1)
	case previousHop:
		c, _ = m.list.next(c, -1)
	case nextPacket:
		c = cursor{min(c.packet+1, last), 0}
	case previousPacket:
		c = cursor{max(c.packet-1, 0), 0}
	case nextEvent, previousEvent:
		by, label := 1, explain.LabelLastEvent
		if i == previousEvent {
			by, label = -1, explain.LabelFirstEvent
		}
		at, ok := m.list.event(c, by)
		if !ok {
			m.say(false, label)
		}
		c = at
	case firstHop:
		c.stop = 0
	case lastHop:
		c.stop = explain.Stops(m.packet()) - 1
	case firstPacket:
		c = cursor{}
	case lastPacket:
		c = cursor{last, 0}
	default:
		return false
	}
	m.goTo(c)
	return true
}

func (m *model) goTo(c cursor) {
	if c != m.at {
		m.at, m.scroll = c, 0
	}
}

// toggleBackground shows or hides background packets, and says if there are none.
func (m *model) toggleBackground() {
	if m.list.hidden+m.list.background == 0 {
		m.say(false, explain.LabelNoBackground)
		return
	}
	m.show(m.trace(), m.list.filter, !m.list.kept)
}

// toggleMouse switches the mouse on or off, and says so.
func (m *model) toggleMouse() {
	m.mouse = !m.mouse
	if m.mouse {
		m.say(false, explain.LabelMouseOn)
	} else {
		m.say(false, explain.LabelMouseOff)
	}
}

// turn selects the next or previous pane.
func (m *model) turn(i intent) {
	offered := m.offered()
	by := 1
	if i == previousPane {
		by = len(offered) - 1
	}
	for k, p := range offered {
		if p == m.pane {
			m.pane, m.scroll = offered[(k+by)%len(offered)], 0
			return
		}
	}
}
