package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"tracer/trace/explain"
)

// The pace of playing.
const (
	usualPace   = 2 * time.Second
	fastestPace = 500 * time.Millisecond
	slowestPace = 10 * time.Second
)

// togglePlay starts or stops playing.
func (m *model) togglePlay() tea.Cmd {
	if m.playing = !m.playing; !m.playing {
		return nil
	}
	return m.wait()
}

func (m *model) wait() tea.Cmd {
	m.tick++
	now := m.tick
	return tea.Tick(m.pace, func(time.Time) tea.Msg { return tickMsg(now) })
}

// played moves one step further.
func (m *model) played(tick int) tea.Cmd {
	if !m.playing || tick != m.tick || m.list.len() == 0 {
		return nil
	}
	c, ok := m.list.step(m.at, 1)
	if !ok {
		m.playing = false
		m.say(false, explain.LabelPlayed)
		return nil
	}
	m.goTo(c)
	return m.wait()
}
