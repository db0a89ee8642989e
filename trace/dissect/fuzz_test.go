package dissect

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"

	"tracer/trace"
)

// Bounds for all frames.
const (
	mostLayers = 10
	mostFields = 60
	mostText   = 600 // bytes of a value
)

// check checks the layers of a frame against Frame's documentation.
func check(frame []byte, ls []Layer) error {
	if len(ls) == 0 && len(frame) > 0 || len(ls) > mostLayers {
		return fmt.Errorf("%d layers", len(ls))
	}
	place, surplus := 0, 0 // surplus: bytes after UDP's payload
	for i, l := range ls {
		end := l.Offset + l.Length
		if !inside(l.Offset, l.Length, 0, len(frame)) {
			return fmt.Errorf("%s at %d+%d, the frame has %d bytes", l.Name, l.Offset, l.Length, len(frame))
		}
		if l.Offset != place && l.Offset != place+surplus {
			return fmt.Errorf("%s at %d, but the previous layer ends at %d", l.Name, l.Offset, place)
		}
		switch l.Name {
		case "truncated", "malformed": // shares its bytes with the data after it
		case "data":
			if i != len(ls)-1 {
				return fmt.Errorf("layers after the data")
			}
			place = end
		default:
			place = end
		}
		n, err := checkFields(l, len(frame))
		if err != nil {
			return err
		}
		surplus = max(surplus, n)
	}
	return nil
}

// checkFields checks the fields of a layer, and returns how many bytes follow UDP's
// payload.
func checkFields(l Layer, size int) (surplus int, err error) {
	if len(l.Fields) == 0 || len(l.Fields) > mostFields {
		return 0, fmt.Errorf("%s has %d fields", l.Name, len(l.Fields))
	}
	for _, f := range l.Fields {
		end := l.Offset + l.Length
		switch f.Name {
		case "surplus":
			surplus, end = f.Length, size
		case "padding", "trailer":
			end = size
		}
		if !inside(f.Offset, f.Length, l.Offset, end) {
			return 0, fmt.Errorf("%s of %s at %d+%d, not in %d+%d", f.Name, l.Name, f.Offset, f.Length, l.Offset, l.Length)
		}
		if err := cmp.Or(checkText(f.Name), checkText(f.Value)); err != nil {
			return 0, fmt.Errorf("%s of %s: %w", f.Name, l.Name, err)
		}
	}
	return surplus, nil
}

func inside(at, n, start, end int) bool { return at >= start && n >= 0 && at+n <= end }

func checkText(s string) error {
	if len(s) > mostText {
		return fmt.Errorf("a text of %d bytes", len(s))
	}
	if !utf8.ValidString(s) || slices.ContainsFunc([]rune(s), func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Errorf("%q", s)
	}
	return nil
}

func FuzzFrame(f *testing.F) {
	for _, frame := range frames(f) {
		f.Add(frame)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		ls := Frame(b)
		if err := check(b, ls); err != nil {
			t.Errorf("%v, in\n%s", err, text(ls))
		}
		if !bytes.Equal(b, before) {
			t.Error("the frame was changed")
		}
	})
}

func BenchmarkFrame(b *testing.B) {
	frame := frames(b)["request"]
	b.ReportAllocs()
	for b.Loop() {
		Frame(frame)
	}
}

func FuzzPacket(f *testing.F) {
	for _, frame := range frames(f) {
		for _, link := range []trace.LinkType{trace.LinkSLL, trace.LinkSLL2, trace.LinkNull, trace.LinkRaw, 147} {
			f.Add(uint16(link), frame)
		}
	}
	f.Fuzz(func(t *testing.T, link uint16, b []byte) {
		ls := Packet(trace.LinkType(link), b)
		if err := check(b, ls); err != nil {
			t.Errorf("link type %d: %v, in\n%s", link, err, text(ls))
		}
	})
}
