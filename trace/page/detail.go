package page

import (
	"bytes"
	"fmt"
	"strconv"

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
	Unmatched []line
	Notes     []string
	Layers    []layer
	Hex       []hexLine
	Same      int // an earlier stop's last moment: the frame is that one, which is not repeated
	Labels    *labels
}

type layer struct {
	Name, Place string
	Fields      []field
}

type field struct {
	Name  string
	Value cell
}

// hexLine is a line of up to sixteen bytes, in pieces that differ or do not.
type hexLine struct {
	Offset      string
	Bytes, Text []cell
}

// details returns the details of a packet's stops, without those that have none.
func (b *builder) details(i int) (list []detail) {
	j := &b.trace.Journeys[i]
	var before earlier
	for stop := range len(j.Hops) + 1 {
		d := detail{At: b.order.first[i][stop+1] - 1, Where: b.Number(j.ID), Labels: &b.labels}
		for _, r := range b.Stop(j, stop) {
			if r.Kind == explain.KindUnmatched {
				d.Unmatched = append(d.Unmatched, line{Where: r.Table + " " + r.Chain, Text: r.Text, Note: r.Note, NoteTone: tones[r.NoteTone]})
			}
		}
		if n := len(d.Unmatched); n > 0 {
			d.Skipped = b.Format(explain.PageUnmatched, n)
		}
		if stop < len(j.Hops) {
			before = b.frame(&d, &j.Hops[stop], before)
		}
		if len(d.Unmatched)+len(d.Layers)+d.Same > 0 {
			list = append(list, d)
		}
	}
	return list
}

// earlier is the frame of an earlier hop, and the last moment of the stop whose details have it.
type earlier struct {
	*trace.Frame
	at int // 0: none have
}

// frame adds the frame of a hop, and returns it. before is that of the previous hop, if any.
func (b *builder) frame(d *detail, h *trace.Hop, before earlier) earlier {
	now := b.trace.Frame(h.Frame)
	if now == nil {
		return earlier{}
	}
	d.Where += "  " + h.Place()
	if len(h.Fragments) > 0 {
		d.Notes = append(d.Notes, b.Format(explain.LabelOneFragment, len(h.Frames())))
	}
	if before.at != 0 && before.LinkType() == now.LinkType() && bytes.Equal(before.Data, now.Data) {
		d.Same = before.at
		return before
	}
	changed := differences(now, before.Frame)
	if n := len(changed); n > 0 {
		d.Notes = append(d.Notes, b.Format(explain.LabelChangedBytes, n))
	}
	d.Layers, d.Hex = layers(now, changed), hex(now.Data, changed)
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

func layers(f *trace.Frame, changed map[int]bool) (list []layer) {
	for _, l := range dissect.Packet(f.LinkType(), f.Data) {
		out := layer{Name: l.Name, Place: strconv.Itoa(l.Offset) + "+" + strconv.Itoa(l.Length)}
		for _, from := range l.Fields {
			marked := false
			for i := from.Offset; i < from.Offset+from.Length; i++ {
				marked = marked || changed[i]
			}
			out.Fields = append(out.Fields, field{from.Name, cell{from.Value, marked}})
		}
		list = append(list, out)
	}
	return list
}

func hex(data []byte, changed map[int]bool) (list []hexLine) {
	const perLine = 16
	for from := 0; from < len(data); from += perLine {
		l := hexLine{Offset: fmt.Sprintf("%04x", from)}
		for i := from; i < min(from+perLine, len(data)); i++ {
			l.Bytes = piece(l.Bytes, fmt.Sprintf(" %02x", data[i]), changed[i])
			l.Text = piece(l.Text, printable(data[i]), changed[i])
		}
		if missing := perLine - (len(data) - from); missing > 0 {
			l.Bytes = piece(l.Bytes, fmt.Sprintf("%*s", 3*missing, ""), false)
		}
		list = append(list, l)
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
