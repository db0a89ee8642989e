package trace

import (
	"encoding/binary"
	"reflect"
	"testing"

	"tracer/trace/capture"
)

// TestCaptured: the same packet behind every link header has the same key, hash and
// ends.
func TestCaptured(t *testing.T) {
	for name, frame := range packets(t) {
		want, err := NewDecoder().Frame(frame)
		if err != nil {
			t.Fatal(err)
		}
		kind, rest := binary.BigEndian.Uint16(frame[12:]), frame[14:]
		if kind == 0x8100 {
			continue // cooked captures have the tag elsewhere
		}
		for link, header := range map[capture.LinkType][]byte{
			capture.LinkEthernet: frame[:14],
			capture.LinkSLL:      binary.BigEndian.AppendUint16([]byte{0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0}, kind),
			capture.LinkSLL2:     append(binary.BigEndian.AppendUint16(nil, kind), 0, 0, 0, 0, 0, 7, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0),
			capture.LinkRaw:      nil,
			capture.LinkNull:     {2, 0, 0, 0},
			capture.LinkLoop:     {0, 0, 0, 2},
		} {
			bare := link == capture.LinkRaw || link == capture.LinkNull || link == capture.LinkLoop
			if bare && !want.IsIP() {
				continue
			}
			data := append(append([]byte{}, header...), rest...)
			got, at, err := NewDecoder().Captured(link, data, len(data))
			if err != nil {
				t.Errorf("%s, %v: %v", name, link, err)
				continue
			}
			if got.Key() != want.Key() || got.Hash() != want.Hash() || got.ends() != want.ends() || got.TTL != want.TTL {
				t.Errorf("%s, %v: %+v, want %+v", name, link, got, want)
			}
			place := Cooked{}
			switch link {
			case capture.LinkSLL:
				place = Cooked{Direction: capture.Out}
			case capture.LinkSLL2:
				place = Cooked{7, capture.In}
			}
			if at != place {
				t.Errorf("%s, %v: at %+v, want %+v", name, link, at, place)
			}
			if cut, _, err := NewDecoder().Captured(link, data, len(data)+1); err == nil && cut.Hash() != 0 {
				t.Errorf("%s, %v, cut off: hash %d", name, link, cut.Hash())
			}
		}
	}
	for link, data := range map[capture.LinkType][]byte{
		capture.LinkEthernet: make([]byte, 13), capture.LinkSLL: make([]byte, 15), capture.LinkSLL2: make([]byte, 19),
		capture.LinkNull: make([]byte, 3), capture.LinkRaw: nil, 147: make([]byte, 60),
	} {
		if p, _, err := NewDecoder().Captured(link, data, len(data)); err == nil {
			t.Errorf("%v, %d bytes: %+v", link, len(data), p)
		}
	}
}

func FuzzCaptured(f *testing.F) {
	for _, frame := range packets(f) {
		for _, link := range []capture.LinkType{capture.LinkEthernet, capture.LinkSLL, capture.LinkSLL2, capture.LinkRaw, capture.LinkNull} {
			f.Add(uint16(link), frame)
		}
	}
	used := NewDecoder()
	f.Fuzz(func(t *testing.T, link uint16, data []byte) {
		p, at, err := used.Captured(capture.LinkType(link), data, len(data))
		again, at2, err2 := NewDecoder().Captured(capture.LinkType(link), data, len(data))
		if (err == nil) != (err2 == nil) || err == nil && (!reflect.DeepEqual(p, again) || at != at2) {
			t.Errorf("a used decoder gives %+v, a new one %+v", p, again)
		}
		_, _, _ = p.Summary(), p.Source(), p.Destination()
	})
}
