package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"tracer/trace"
	"tracer/trace/explain"
)

// press handles a key: input to the prompt or the list of faults, any key to close the
// help, or an intent.
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
	case m.choice != nil && k.String() != "ctrl+c":
		return m.choose(intentOf(k))
	case m.page != pageNone && k.String() != "ctrl+c":
		m.turnPage(intentOf(k))
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
	case toggleMouse, showBackground, toggleMask, toggleStage:
		m.toggle(i)
	case sendAgain:
		return m.again()
	case filterPackets:
		m.askFilter()
	case leave:
		m.playing, m.staged = false, false
		m.filter("")
	case showStory, showAnswer, chooseFault:
		m.openPage(i)
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
	case openRun:
		m.toggleRun()
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
	switch i {
	case nextMoment:
		c, _ = m.list.step(c, 1)
	case previousMoment:
		c, _ = m.list.step(c, -1)
	case nextHop:
		c, _ = m.list.hopStep(c, 1)
	case previousHop:
		c, _ = m.list.hopStep(c, -1)
	case nextPacket:
		c = m.list.beside(c, 1)
	case previousPacket:
		c = m.list.beside(c, -1)
	case nextEvent, previousEvent:
		by, label := 1, explain.LabelLastEvent
		if i == previousEvent {
			by, label = -1, explain.LabelFirstEvent
		}
		at, ok := m.list.event(c, by)
		if from, to := m.list.folded(at.packet); ok && from < to {
			m.open(at.packet)
		} else if !ok {
			m.say(false, label)
		}
		c = at
	case firstHop:
		if from, to := m.list.folded(c.packet); from == to {
			c = cursor{packet: c.packet}
		}
	case lastHop:
		c = m.list.end(c.packet)
	case firstPacket:
		c = m.list.enter(0)
	case lastPacket:
		from, _ := m.list.folded(m.list.len() - 1)
		c = m.list.enter(from)
	default:
		return false
	}
	m.goTo(c)
	return true
}

func (m *model) goTo(c cursor) {
	if c != m.at {
		m.at, m.scroll = c, 0
		m.look()
	}
}

// toggle switches something on or off.
func (m *model) toggle(i intent) {
	switch i {
	case toggleMouse:
		m.toggleMouse()
	case showBackground:
		m.toggleBackground()
	case toggleMask:
		m.toggleMask()
	case toggleStage:
		m.staged = !m.staged
	}
}

// toggleMask shows everything, or only what has been reached.
func (m *model) toggleMask() {
	if m.whole.Survey != nil {
		m.say(false, explain.LabelNothingMasked)
		return
	}
	m.masked = !m.masked
	m.look()
	if m.masked {
		m.say(false, explain.LabelMasked)
	} else {
		m.say(false, explain.LabelUnmasked)
	}
}

// open shows the run that a packet is in packet by packet, and also one that ends before it:
// whether the packet continues a run shows only later.
func (m *model) open(packet int) {
	for i := max(0, packet-1); i <= packet; i++ {
		m.opened[m.list.At(m.list.Spans[i].From).ID] = true
	}
}

// toggleRun opens or closes the run that the walk is in.
func (m *model) toggleRun() {
	r := m.list.Spans[m.at.packet]
	switch id := m.list.At(r.From).ID; {
	case r.To == r.From:
		m.say(false, explain.LabelNoRun)
	case m.opened[id]:
		delete(m.opened, id)
		m.goTo(m.list.end(r.To))
	default:
		m.opened[id] = true
		m.goTo(cursor{packet: r.From})
	}
}

// toggleBackground shows or hides background packets, and says if there are none.
func (m *model) toggleBackground() {
	if !slices.ContainsFunc(m.whole.Journeys, func(j trace.Journey) bool { return j.Background() }) {
		m.say(false, explain.LabelNoBackground)
		return
	}
	m.show(m.whole, m.list.filter, !m.list.kept)
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
