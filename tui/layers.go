package tui

import (
	"fmt"

	"tracer/trace"
	"tracer/trace/dissect"
	"tracer/trace/explain"
)

// captured returns the frames of this stop and of the previous one, nil if there is none.
func (m *model) captured() (now, before *trace.Frame) {
	j := m.packet()
	at := min(m.at.stop, len(j.Hops)-1)
	if at < 0 {
		return nil, nil
	}
	now = m.trace().Frame(j.Hops[at].Frame)
	if at > 0 {
		before = m.trace().Frame(j.Hops[at-1].Frame)
	}
	return now, before
}

// layers shows the frame's headers, field by field. Fields that differ from the previous
// hop are marked.
func (m *model) layers(t *text) {
	now, before := m.captured()
	if now == nil {
		t.add(0, span{m.language.Format(explain.LabelNoFrame), m.dim})
		return
	}
	m.fragment(t)
	changed := differences(now, before)
	for _, l := range dissect.Packet(now.LinkType(), now.Data) {
		t.gap()
		t.add(2, span{l.Name, m.title}, span{fmt.Sprintf("  %d+%d", l.Offset, l.Length), m.dim})
		width := 0
		for _, f := range l.Fields {
			width = max(width, len(f.Name))
		}
		width = min(width, 24)
		for _, f := range l.Fields {
			sign, style := "  ", m.plain
			for i := f.Offset; i < f.Offset+f.Length; i++ {
				if changed[i] {
					sign, style = m.pencil+" ", m.changed
				}
			}
			t.add(width+4, span{sign, style}, span{fmt.Sprintf("%-*s  ", width, f.Name), m.dim}, span{f.Value, style})
		}
	}
}

// fragment says that the frame shown is only one of several.
func (m *model) fragment(t *text) {
	j := m.packet()
	if h := hop(j, min(m.at.stop, len(j.Hops)-1)); h != nil && len(h.Fragments) > 0 {
		t.add(0, span{m.language.Format(explain.LabelOneFragment, len(h.Frames())), m.dim})
	}
}

// differences returns the offsets at which two frames differ, up to the length of the
// shorter one.
func differences(now, before *trace.Frame) map[int]bool {
	changed := map[int]bool{}
	if before == nil {
		return changed
	}
	for i := range min(len(now.Data), len(before.Data)) {
		if now.Data[i] != before.Data[i] {
			changed[i] = true
		}
	}
	return changed
}

// hex shows the frame's bytes, sixteen or eight to a line. Bytes that differ from the
// previous hop are marked.
func (m *model) hex(t *text) {
	now, before := m.captured()
	if now == nil {
		t.add(0, span{m.language.Format(explain.LabelNoFrame), m.dim})
		return
	}
	m.fragment(t)
	changed := differences(now, before)
	if len(changed) > 0 {
		t.add(0, span{m.language.Format(explain.LabelChangedBytes, len(changed)), m.dim})
	}
	perLine := 16
	if t.width < 6+16*4+3 {
		perLine = 8
	}
	for from := 0; from < len(now.Data); from += perLine {
		l := line{{fmt.Sprintf("%04x ", from), m.dim}}
		var printed []span
		for i := from; i < from+perLine; i++ {
			if i >= len(now.Data) {
				l = append(l, span{"   ", m.plain})
				continue
			}
			style, sign := m.plain, " "
			if changed[i] {
				style, sign = m.changed, m.pencil
			}
			l = append(l, span{sign, style}, span{fmt.Sprintf("%02x", now.Data[i]), style})
			printed = append(printed, span{printable(now.Data[i]), style})
		}
		l = append(append(l, span{"   ", m.plain}), printed...)
		t.lines = append(t.lines, l)
	}
}

// printable returns a byte as a character, "." if it is not printable.
func printable(b byte) string {
	if b < ' ' || b >= 0x7f {
		return "."
	}
	return string(rune(b))
}
