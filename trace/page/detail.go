package page

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"tracer/trace"
	"tracer/trace/dissect"
	"tracer/trace/explain"
)

// detail is what few readers want to know about a stop: the rules that did not match on the way
// there, and the frame as layers and bytes. What differs from the previous hop is marked.
type detail struct {
	At        int // the stop's last moment
	Where     string
	Skipped   string // how many rules did not match
	Unmatched []template.HTML
	Notes     []string
	Layers    []template.HTML
	Hex       []template.HTML
	Same      int // an earlier stop's last moment: the frame is that one, which is not repeated
	Labels    *labels
}

type layer struct {
	Name, Place string
	Fields      []template.HTML
}

type field struct {
	Name  string
	Value cell
}

// hexLine is a line of up to sixteen bytes.
type hexLine struct {
	from, length int
	data         [perLine]byte
	changed      [perLine]bool
}

const perLine = 16

// details returns the details of a packet's stops, without those that have none.
func (t *teller) details(i int) (list []detail) {
	j := &t.trace.Journeys[i]
	var before earlier
	for stop := range len(j.Hops) + 1 {
		d := detail{At: t.order.first[i][stop+1] - 1, Where: t.Number(j.ID), Labels: &t.labels}
		for _, r := range t.skipped(j, stop) {
			if r.Kind == explain.KindUnmatched {
				l := line{Where: r.Table + " " + r.Chain, Text: r.Text, Note: r.Note, NoteTone: tones[r.NoteTone]}
				d.Unmatched = append(d.Unmatched, t.lines.of(l, "line", l))
			}
		}
		if n := len(d.Unmatched); n > 0 {
			d.Skipped = t.Format(explain.PageUnmatched, n)
		}
		if stop < len(j.Hops) {
			before = t.frame(&d, &j.Hops[stop], before)
		}
		if len(d.Unmatched)+len(d.Layers)+d.Same > 0 {
			list = append(list, d)
		}
	}
	return list
}

// skipped returns the account of a stop if there are rules on the way that did not match.
func (t *teller) skipped(j *trace.Journey, stop int) []explain.Row {
	if !slices.ContainsFunc(j.Stretch(stop).Steps, func(s trace.Step) bool { return len(s.Unmatched) > 0 }) {
		return nil
	}
	return t.Stop(j, stop)
}

// earlier is the frame of an earlier hop, and the last moment of the stop whose details have it.
type earlier struct {
	*trace.Frame
	at int // 0: none has it
}

// frame adds the frame of a hop, and returns it. before is that of the previous hop, if any.
func (t *teller) frame(d *detail, h *trace.Hop, before earlier) earlier {
	now := t.trace.Frame(h.Frame)
	if now == nil {
		return earlier{}
	}
	d.Where += "  " + h.Place()
	if len(h.Fragments) > 0 {
		d.Notes = append(d.Notes, t.Format(explain.LabelOneFragment, len(h.Frames())))
	}
	if before.at != 0 && before.LinkType() == now.LinkType() && bytes.Equal(before.Data, now.Data) {
		d.Same = before.at
		return before
	}
	changed := differences(now, before.Frame)
	if n := len(changed); n > 0 {
		d.Notes = append(d.Notes, t.Format(explain.LabelChangedBytes, n))
	}
	d.Layers, d.Hex = t.layers(now, changed), t.hex(now.Data, changed)
	if len(d.Layers) == 0 {
		return earlier{Frame: now}
	}
	return earlier{now, d.At}
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

// layers renders the layers of a frame. Many packets have some in common.
func (t *teller) layers(f *trace.Frame, changed map[int]bool) (list []template.HTML) {
	for _, l := range dissect.Packet(f.LinkType(), f.Data) {
		out := layer{Name: l.Name, Place: strconv.Itoa(l.Offset) + "+" + strconv.Itoa(l.Length)}
		var key strings.Builder
		key.WriteString(l.Name + "\n" + out.Place)
		for _, from := range l.Fields {
			marked := false
			for i := from.Offset; i < from.Offset+from.Length; i++ {
				marked = marked || changed[i]
			}
			f := field{from.Name, cell{from.Value, marked}}
			out.Fields = append(out.Fields, t.fields.of(f, "field", f))
			key.WriteString(string(out.Fields[len(out.Fields)-1]))
		}
		list = append(list, t.parts.of(key.String(), "layer", &out))
	}
	return list
}

// hex renders the bytes of a frame.
func (t *teller) hex(data []byte, changed map[int]bool) (list []template.HTML) {
	for from := 0; from < len(data); from += perLine {
		l := hexLine{from: from}
		l.length = copy(l.data[:], data[from:])
		for i := range l.length {
			l.changed[i] = changed[from+i]
		}
		list = append(list, t.bytes.of(l, "hex", l))
	}
	return list
}

// Offset is the offset of the first byte.
func (l hexLine) Offset() string { return fmt.Sprintf("%04x", l.from) }

// Bytes returns the bytes as numbers, in pieces that have changed or have not.
func (l hexLine) Bytes() (list []cell) {
	for i := range l.length {
		list = piece(list, fmt.Sprintf(" %02x", l.data[i]), l.changed[i])
	}
	if missing := perLine - l.length; missing > 0 {
		list = piece(list, fmt.Sprintf("%*s", 3*missing, ""), false)
	}
	return list
}

// Text returns the bytes as characters, in the same pieces.
func (l hexLine) Text() (list []cell) {
	for i := range l.length {
		list = piece(list, printable(l.data[i]), l.changed[i])
	}
	return list
}

// piece adds a text to the last piece of its kind, or begins a new one.
func piece(list []cell, text string, changed bool) []cell {
	if n := len(list); n > 0 && list[n-1].Changed == changed {
		list[n-1].Text += text
		return list
	}
	return append(list, cell{text, changed})
}

// printable returns a byte as a character, "." if it is not printable.
func printable(b byte) string {
	if b < ' ' || b >= 0x7f {
		return "."
	}
	return string(rune(b))
}
