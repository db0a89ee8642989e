package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// Compare shows two traces on the terminal, side by side where there is room, until the user quits or
// ctx ends. It returns the comparison. Of the options, only the language and the look count.
func Compare(ctx context.Context, a, b *trace.Trace, o Options) (*compare.Comparison, error) {
	p := newDual(a, b, o)
	err := run(ctx, p, o, func(*tea.Program) {})
	return p.words.Comparison, err
}

// dual is the walk through two traces. Each side is a walk of its own, which it moves: both
// are always at the same row of the comparison.
type dual struct {
	theme
	language explain.Language
	options  Options
	words    *compare.Words
	packets  []int                 // indexes of those that are walked through
	rows     map[int][]compare.Row // by index of the packet: those that were needed so far
	at       spot
	sides    [2]*model

	width, height int
	columns       bool         // there is room for both sides
	shown         compare.Side // without it: the one that is shown
	help          bool
	note          string
	playing       bool
	tick          int // of playing; older ones are ignored
}

// spot is a position: an index in dual.packets, and a row of that packet.
type spot struct{ packet, row int }

// newDual returns a walk that begins at the first difference, or at the first packet if there is none.
func newDual(a, b *trace.Trace, o Options) *dual {
	c := compare.Traces(escape.Value(a), escape.Value(b))
	p := &dual{
		theme: newTheme(!o.Light, o.ASCII), language: o.Language, options: o, words: c.Words(o.Language, explain.NewSigns(o.ASCII)),
		rows: map[int][]compare.Row{},
	}
	for s, t := range [...]*trace.Trace{a, b} {
		m := newModel(t, Options{Language: o.Language, ASCII: o.ASCII, Light: o.Light, NoMask: o.NoMask})
		m.page, m.column = pageNone, true
		p.sides[s] = m
	}
	for i := range c.Packets {
		if !c.Packets[i].Incidental {
			p.packets = append(p.packets, i)
		}
	}
	if turns := p.turns(); len(turns) > 0 {
		p.at = turns[0]
	}
	p.look()
	return p
}

// Init asks for the terminal's background color, to select readable colors.
func (p *dual) Init() tea.Cmd { return tea.RequestBackgroundColor }

// Update handles a message.
func (p *dual) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.width, p.height = msg.Width, msg.Height
		p.arrange()
	case tea.BackgroundColorMsg:
		p.theme = newTheme(msg.IsDark(), p.options.ASCII)
		for _, m := range p.sides {
			m.theme = p.theme
		}
	case tea.KeyPressMsg:
		return p, p.press(msg)
	case tickMsg:
		return p, p.played(int(msg))
	}
	return p, nil
}

// press handles a key.
func (p *dual) press(k tea.KeyPressMsg) tea.Cmd {
	p.note = ""
	i := meaning(dualKeys, k)
	if p.help && k.String() != "ctrl+c" {
		p.help = false
		return nil
	}
	switch i {
	case quit:
		return tea.Quit
	case suspend:
		return tea.Suspend
	case toggleHelp:
		p.help = true
	case toggleMask:
		p.toggleMask()
	case switchSide:
		p.shown = p.shown.Other()
	case nextPane, previousPane, scrollDown, scrollUp:
		p.turn(i)
	case play:
		if p.playing = !p.playing; p.playing {
			return p.wait()
		}
	default:
		p.playing = false
		p.move(i)
	}
	return nil
}

// turn selects a pane on both sides, or scrolls both.
func (p *dual) turn(i intent) {
	for _, m := range p.sides {
		if m.list.len() > 0 {
			m.do(i)
		}
	}
	p.sides[compare.B].pane = p.sides[compare.A].pane
	p.sides[compare.B].arrange() // which does not offer every pane to captures
}

// toggleMask shows everything, or only what has been reached.
func (p *dual) toggleMask() {
	for _, m := range p.sides {
		m.toggleMask()
		p.note = m.note
	}
}

func (p *dual) wait() tea.Cmd {
	p.tick++
	now := p.tick
	return tea.Tick(usualPace, func(time.Time) tea.Msg { return tickMsg(now) })
}

// played moves one step further, and stops at a difference.
func (p *dual) played(tick int) tea.Cmd {
	if !p.playing || tick != p.tick {
		return nil
	}
	before := p.at
	p.move(nextMoment)
	if p.at == before || p.turned(p.at) {
		p.playing = false
		if p.at == before {
			p.note = p.language.Format(explain.LabelPlayed)
		}
		return nil
	}
	return p.wait()
}
