package packet

import (
	"encoding/binary"
	"reflect"
	"testing"

	"tracer/trace"
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
		for link, header := range map[trace.LinkType][]byte{
			trace.LinkEthernet: frame[:14],
			trace.LinkSLL:      binary.BigEndian.AppendUint16([]byte{0, 4, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0}, kind),
			trace.LinkSLL2:     append(binary.BigEndian.AppendUint16(nil, kind), 0, 0, 0, 0, 0, 7, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0),
			trace.LinkRaw:      nil,
			trace.LinkNull:     {2, 0, 0, 0},
			trace.LinkLoop:     {0, 0, 0, 2},
		} {
			bare := link == trace.LinkRaw || link == trace.LinkNull || link == trace.LinkLoop
			if bare && !want.IsIP() {
				continue
			}
			data := append(append([]byte{}, header...), rest...)
			got, at, err := NewDecoder().Captured(link, data, len(data))
			if err != nil {
				t.Errorf("%s, %v: %v", name, link, err)
				continue
			}
			if got.Key != want.Key || got.Hash != want.Hash || got.Ends() != want.Ends() || got.TTL != want.TTL {
				t.Errorf("%s, %v: %+v, want %+v", name, link, got, want)
			}
			place := LinkHeader{}
			switch link {
			case trace.LinkSLL:
				place = LinkHeader{Direction: trace.Out}
			case trace.LinkSLL2:
				place = LinkHeader{7, trace.In}
			}
			if at != place {
				t.Errorf("%s, %v: at %+v, want %+v", name, link, at, place)
			}
			if cut, _, err := NewDecoder().Captured(link, data, len(data)+1); err == nil && cut.Hash != 0 {
				t.Errorf("%s, %v, cut off: hash %d", name, link, cut.Hash)
			}
		}
	}
	for link, data := range map[trace.LinkType][]byte{
		trace.LinkEthernet: make([]byte, 13), trace.LinkSLL: make([]byte, 15), trace.LinkSLL2: make([]byte, 19),
		trace.LinkNull: make([]byte, 3), trace.LinkRaw: nil, 147: make([]byte, 60),
	} {
		if p, _, err := NewDecoder().Captured(link, data, len(data)); err == nil {
			t.Errorf("%v, %d bytes: %+v", link, len(data), p)
		}
	}
}

func FuzzCaptured(f *testing.F) {
	for _, frame := range packets(f) {
		for _, link := range []trace.LinkType{trace.LinkEthernet, trace.LinkSLL, trace.LinkSLL2, trace.LinkRaw, trace.LinkNull} {
			f.Add(uint16(link), frame)
		}
	}
	used := NewDecoder()
	f.Fuzz(func(t *testing.T, link uint16, data []byte) {
		p, at, err := used.Captured(trace.LinkType(link), data, len(data))
		again, at2, err2 := NewDecoder().Captured(trace.LinkType(link), data, len(data))
		if (err == nil) != (err2 == nil) || err == nil && (!reflect.DeepEqual(p, again) || at != at2) {
			t.Errorf("a used decoder gives %+v, a new one %+v", p, again)
		}
		_, _, _ = p.Summary(), p.Source(), p.Destination()
	})
}
