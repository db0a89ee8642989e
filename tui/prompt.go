package tui

import (
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"tracer/trace/explain"
	"tracer/tui/internal/canvas"
)

// prompt is a question on the status line.
type prompt struct {
	label   explain.Message
	input   textinput.Model
	changed func(string) // while typing
	answer  func(string) // enter
	cancel  func()       // esc
}

func newPrompt(l explain.Message, value string) *prompt {
	p := &prompt{label: l, input: textinput.New(), changed: func(string) {}, answer: func(string) {}, cancel: func() {}}
	p.input.CharLimit = 200
	p.input.SetValue(value)
	p.input.CursorEnd()
	p.input.Focus()
	return p
}

// press handles a key, and reports whether the prompt is done.
func (p *prompt) press(k tea.KeyPressMsg) (done bool) {
	switch k.String() {
	case "enter":
		p.answer(p.input.Value())
		return true
	case "esc", "ctrl+c":
		p.cancel()
		return true
	}
	p.take(k)
	return false
}

// take passes a message, such as pasted text, to the input.
func (p *prompt) take(msg tea.Msg) {
	before := p.input.Value()
	p.input, _ = p.input.Update(msg)
	if now := p.input.Value(); now != before {
		p.changed(now)
	}
}

// draw draws the question and the input, or the part around the cursor that fits.
func (p *prompt) draw(a canvas.Area, label string, t *theme) {
	x := a.Text(0, 0, label, t.key)
	value := []rune(p.input.Value())
	at := min(p.input.Position(), len(value))
	before, under, after := string(value[:at]), " ", ""
	if at < len(value) {
		under, after = string(value[at]), string(value[at+1:])
	}
	for canvas.Width(before) > a.W-x-2 && before != "" {
		before = string([]rune(before)[1:])
	}
	x = a.Text(x, 0, before, t.plain)
	x = a.Text(x, 0, under, t.chosen)
	a.Text(x, 0, after, t.plain)
}
