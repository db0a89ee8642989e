package savefile

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"tracer/trace"
)

func TestPcapWriterReadBack(t *testing.T) {
	frames := []Record{
		{Time: time.Unix(1700000000, 1), Length: 60, Data: bytes.Repeat([]byte{1}, 60)},
		{Time: time.Unix(1700000000, 999999999), Length: 2000, Data: bytes.Repeat([]byte{2}, 96)}, // cut
		{Time: time.Unix(math.MaxUint32, 0), Length: 65550, Data: bytes.Repeat([]byte{3}, 65550)},
		{Time: time.Unix(0, 0), Length: 0},
		{Time: time.Unix(5, 6), Length: snapLength + 1, Data: make([]byte, snapLength+1)},
	}
	var file bytes.Buffer
	w, err := NewPcapWriter(&file, trace.LinkEthernet)
	if err != nil {
		t.Fatal(err)
	}
	if file.Len() != 24 {
		t.Errorf("%d bytes before the first frame, want the 24 of the header", file.Len())
	}
	for _, f := range frames {
		if err := w.Write(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	r, err := pcapgo.NewReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if r.LinkType() != layers.LinkTypeEthernet || r.Snaplen() != 262144 {
		t.Errorf("link type %v, snap length %d", r.LinkType(), r.Snaplen())
	}
	for i, f := range frames {
		data, info, err := r.ReadPacketData()
		if err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
		want := f.Data[:min(len(f.Data), snapLength)]
		if !info.Timestamp.Equal(f.Time) || info.Length != f.Length || !bytes.Equal(data, want) {
			t.Errorf("frame %d: %+v, %d bytes", i, info, len(data))
		}
	}
	if _, _, err := r.ReadPacketData(); err != io.EOF {
		t.Errorf("after the last frame: %v", err)
	}
}

func TestWriterRefuses(t *testing.T) {
	var file bytes.Buffer
	w, err := NewPcapWriter(&file, trace.LinkEthernet)
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]Record{
		"zero time":    {Length: 1, Data: []byte{1}},
		"before 1970":  {Time: time.Unix(-1, 0), Length: 1, Data: []byte{1}},
		"after 2106":   {Time: time.Unix(math.MaxUint32+1, 0), Length: 1, Data: []byte{1}},
		"short length": {Time: time.Unix(1, 0), Length: 1, Data: []byte{1, 2}},
	} {
		if err := w.Write(f); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if err := w.Flush(); err != nil || file.Len() != 24 {
		t.Errorf("%d bytes, %v; want the header only", file.Len(), err)
	}
}

// full is a disk with room for n more bytes.
type full struct{ n int }

var errFull = errors.New("disk full")

func (f *full) Write(b []byte) (int, error) {
	if len(b) > f.n {
		return 0, errFull
	}
	f.n -= len(b)
	return len(b), nil
}

func TestWriterErrors(t *testing.T) {
	if _, err := NewPcapWriter(&full{}, trace.LinkEthernet); !errors.Is(err, errFull) {
		t.Errorf("NewWriter: %v, want %v", err, errFull)
	}
	w, err := NewPcapWriter(&full{24}, trace.LinkEthernet)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Record{Time: time.Unix(1, 0), Length: 60, Data: make([]byte, 60)}); err != nil {
		t.Errorf("Write into the buffer: %v", err)
	}
	if err := w.Flush(); !errors.Is(err, errFull) {
		t.Errorf("Flush: %v, want %v", err, errFull)
	}
	if err := w.Write(Record{Time: time.Unix(1, 0), Length: 60, Data: make([]byte, 60)}); err == nil {
		t.Error("Write after a failure: no error")
	}
}

func BenchmarkWriter(b *testing.B) {
	w, err := NewPcapWriter(io.Discard, trace.LinkEthernet)
	if err != nil {
		b.Fatal(err)
	}
	f := Record{Time: time.Unix(1700000000, 1), Length: 1514, Data: make([]byte, 1514)}
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(f); err != nil {
			b.Fatal(err)
		}
	}
}
