package savefile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"

	"tracer/trace"
)

// sample is what the files of these tests hold.
func sample() (interfaces []Interface, records []Record) {
	interfaces = []Interface{
		{Name: "ens160@host", Description: "towards the client", Link: trace.LinkEthernet, SnapLength: maxPacket},
		{Name: "any", Link: trace.LinkSLL2},
	}
	at := time.Unix(1795209974, 207533001)
	for i := range 9 {
		records = append(records, Record{
			Interface: i % 2, Time: at.Add(time.Duration(i) * time.Millisecond), Direction: trace.Direction(i % 3),
			Length: 60 + i, Data: bytes.Repeat([]byte{byte(i + 1)}, 40+i), ID: uint64(i), Comment: []string{"", "hop 1 of 5 → on"}[i%2],
		})
	}
	return interfaces, records
}

func written(t testing.TB, attachment []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	interfaces, records := sample()
	w := NewWriter(&file, "a file of the test")
	a := w.Attachment()
	_, _ = a.Write(attachment) // neither fails: Flush does
	_ = a.Close()
	for _, i := range interfaces {
		w.Interface(i)
	}
	w.Names([]Name{{netip.MustParseAddr("172.17.0.2"), "flask"}, {netip.MustParseAddr("fe80::1"), "router"}})
	for _, r := range records {
		w.Write(r)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// read reads a file as far as it can be read.
func read(b []byte) (interfaces []Interface, records []Record, err error) {
	r, err := NewReader(bytes.NewReader(b))
	for err == nil {
		var rec Record
		if rec, err = r.Next(); err == nil {
			rec.Data = bytes.Clone(rec.Data)
			records = append(records, rec)
		}
	}
	if r != nil {
		interfaces = r.Interfaces()
	}
	return interfaces, records, err
}

func equal(a, b Record) bool {
	return a.Interface == b.Interface && a.Time.Equal(b.Time) && a.Direction == b.Direction &&
		a.Length == b.Length && bytes.Equal(a.Data, b.Data) && a.ID == b.ID && a.Comment == b.Comment
}

func TestWriterReadBack(t *testing.T) {
	wantInterfaces, want := sample()
	interfaces, records, err := read(written(t, nil))
	if err != io.EOF {
		t.Fatal(err)
	}
	if !slices.Equal(interfaces, wantInterfaces) {
		t.Errorf("interfaces %+v, want %+v", interfaces, wantInterfaces)
	}
	if !slices.EqualFunc(records, want, equal) {
		t.Errorf("records %+v, want %+v", records, want)
	}
}

// classic is the sample as gopacket writes it.
func classic(t testing.TB, nanos bool) []byte {
	t.Helper()
	var file bytes.Buffer
	w := pcapgo.NewWriter(&file)
	if nanos {
		w = pcapgo.NewWriterNanos(&file)
	}
	if err := w.WriteFileHeader(262144, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	_, records := sample()
	for _, r := range records {
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: r.Time, CaptureLength: len(r.Data), Length: r.Length}, r.Data); err != nil {
			t.Fatal(err)
		}
	}
	return file.Bytes()
}

// reversed is a classic file in the other byte order.
func reversed(file []byte) []byte {
	b := bytes.Clone(file)
	flip := func(at, n int) { slices.Reverse(b[at : at+n]) }
	for _, f := range []struct{ at, n int }{{0, 4}, {4, 2}, {6, 2}, {8, 4}, {12, 4}, {16, 4}, {20, 4}} {
		flip(f.at, f.n)
	}
	for at := fileHeader; at < len(b); {
		n := int(binary.LittleEndian.Uint32(b[at+8:]))
		for i := range 4 {
			flip(at+4*i, 4)
		}
		at += recordHeader + n
	}
	return b
}

func squeezed(file []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(file)
	_ = z.Close()
	return b.Bytes()
}

func TestClassic(t *testing.T) {
	_, want := sample()
	for _, c := range []struct {
		name  string
		file  []byte
		scale time.Duration
	}{
		{"microseconds", classic(t, false), time.Microsecond},
		{"nanoseconds", classic(t, true), time.Nanosecond},
		{"other byte order", reversed(classic(t, false)), time.Microsecond},
		{"other byte order, nanoseconds", reversed(classic(t, true)), time.Nanosecond},
		{"gzip", squeezed(classic(t, true)), time.Nanosecond},
	} {
		interfaces, records, err := read(c.file)
		if err != io.EOF || len(interfaces) != 1 || interfaces[0].Link != trace.LinkEthernet || len(records) != len(want) {
			t.Errorf("%s: %d records, interfaces %v, %v", c.name, len(records), interfaces, err)
			continue
		}
		for i, r := range records {
			if !r.Time.Equal(want[i].Time.Truncate(c.scale)) || r.Length != want[i].Length || !bytes.Equal(r.Data, want[i].Data) {
				t.Errorf("%s: record %d is %+v, want %+v", c.name, i, r, want[i])
			}
		}
	}
}

// Of a file that is cut anywhere, all whole packets are read, and the error is
// where the first one begins that is not.
func TestTruncated(t *testing.T) {
	for name, file := range map[string][]byte{"pcap": classic(t, true), "pcapng": written(t, []byte("attached"))} {
		_, all, _ := read(file)
		seen := 0
		for n := range len(file) {
			_, records, err := read(file[:n])
			if len(records) < seen || len(records) > len(all) || !slices.EqualFunc(records, all[:len(records)], equal) {
				t.Fatalf("%s cut at %d: %d records after %d", name, n, len(records), seen)
			}
			seen = len(records)
			var where *Error
			if err == io.EOF {
				continue // between two packets
			}
			if !errors.As(err, &where) || where.Offset > int64(n) || !errors.Is(err, ErrTruncated) && n >= fileHeader {
				t.Fatalf("%s cut at %d: %v", name, n, err)
			}
		}
		if seen != len(all)-1 {
			t.Errorf("%s: %d of %d records without the last byte", name, seen, len(all))
		}
	}
}

func TestErrors(t *testing.T) {
	ng, pcap := written(t, nil), classic(t, false)
	change := func(file []byte, at int, b ...byte) []byte {
		file = bytes.Clone(file)
		copy(file[at:], b)
		return file
	}
	section := int(binary.LittleEndian.Uint32(ng[4:]))
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"empty", "not a pcap or pcapng file, at offset 0", nil},
		{"text", "not a pcap or pcapng file, at offset 0", []byte("{ \"schema\": 1 }")},
		{"header only in part", "the file ends in the middle of a packet, at offset 0", pcap[:20]},
		{"huge packet", "a packet of 4294967295 bytes, more than any has, at offset 24", change(pcap, 24+8, 255, 255, 255, 255)},
		{"byte order", "a section header that cannot be read, at offset 0", change(ng, 8, 0)},
		{"length", "a block with an impossible length, at offset " + strconv.Itoa(section), change(ng, section+4, 9)},
		{"two lengths", "a block with an impossible length, at offset 0", change(ng, section-4, 0)},
		{"unknown interface", "a packet of an interface that is not described, at offset " + strconv.Itoa(section), change(ng, section, 6)},
	} {
		if _, _, err := read(c.file); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
		}
	}
}

func TestClock(t *testing.T) {
	for _, c := range []struct {
		clock clock
		stamp uint64
		want  time.Time
	}{
		{clock{resolution: 6}, 1_500_000, time.Unix(1, 500_000_000)},
		{clock{resolution: 9, offset: 10}, 1_500_000_000, time.Unix(11, 500_000_000)},
		{clock{resolution: 0}, 7, time.Unix(7, 0)},
		{clock{resolution: 12}, 1_000_000_001_999, time.Unix(1, 1)},
		{clock{resolution: 0x80 | 10}, 1024 + 512, time.Unix(1, 500_000_000)},
		{clock{resolution: 0x80 | 63}, 1 << 62, time.Unix(0, 500_000_000)},
		{clock{resolution: 0xff}, 1<<64 - 1, time.Unix(0, 0)},
	} {
		if got := c.clock.time(c.stamp); !got.Equal(c.want) {
			t.Errorf("%+v of %d is %v, want %v", c.clock, c.stamp, got, c.want)
		}
	}
}

func TestAttachment(t *testing.T) {
	for _, size := range []int{1, chunk - 1, chunk, 3*chunk + 5} {
		want := bytes.Repeat([]byte("trace"), size/5+1)[:size]
		file := written(t, want)
		r, err := Attached(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes attached, %d read: %v", size, len(got), err)
		}
		if _, records, err := read(file); err != io.EOF || len(records) != 9 {
			t.Errorf("with an attachment, %d packets: %v", len(records), err)
		}
	}
	for _, file := range [][]byte{written(t, nil), classic(t, true)} {
		if _, err := Attached(bytes.NewReader(file)); !errors.Is(err, ErrNoAttachment) {
			t.Errorf("without an attachment: %v", err)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(written(f, []byte("attached")))
	f.Add(classic(f, false))
	f.Add(reversed(classic(f, true)))
	f.Add(squeezed(classic(f, true)))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(bytes.NewReader(file))
		for err == nil {
			var rec Record
			if rec, err = r.Next(); err == nil && (len(rec.Data) > maxPacket || rec.Length < len(rec.Data) || rec.Interface >= len(r.Interfaces())) {
				t.Fatalf("%+v of %d interfaces", rec, len(r.Interfaces()))
			}
		}
		var where *Error
		if err != io.EOF && (!errors.As(err, &where) || where.Offset < 0) {
			t.Fatal(err)
		}
		if a, err := Attached(bytes.NewReader(file)); err == nil {
			_, _ = io.Copy(io.Discard, io.LimitReader(a, 1<<26))
		}
	})
}
