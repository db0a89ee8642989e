package stitch

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/savefile"
)

// Many packets are lost before the first one goes on: only then is it known that they
// were lost, and a filter that asks for it has them all.
func TestKeepLostLate(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, fill func(put func(at time.Duration, n int, ttl byte, port uint16))) Source {
		t.Helper()
		return saved(t, dir, name, func(put func(at time.Duration, frame []byte)) {
			fill(func(at time.Duration, n int, ttl byte, port uint16) { put(at, datagram(n, ttl, port)) })
		})
	}
	const first, all, gap = 4_000, 10_000, time.Millisecond // so that the first are given up before any goes on
	sources := []Source{
		write("a.pcap", func(put func(time.Duration, int, byte, uint16)) {
			put(-gap, all, 64, 1)
			for n := range all {
				put(time.Duration(n)*gap, n, 64, 80)
			}
		}),
		write("b.pcap", func(put func(time.Duration, int, byte, uint16)) {
			for n := range all {
				// All the time something passes; of the first, none that a has.
				at, port := time.Duration(n)*gap+time.Microsecond, uint16(80)
				if n < first {
					n, port = n+2*all, 443
				}
				put(at, n, 63, port)
			}
		}),
	}
	lost := func(j *trace.Journey) bool { return j.Outcome.Lost() }
	r, err := Files(t.Context(), sources, Options{Keep: lost, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	want := 0
	for _, l := range r.Survey.Losses {
		if !l.Quiet {
			want += l.Packets
		}
	}
	if want != first-1 || r.Matched != want || len(r.Journeys) != 100 { // the first was sent before b was captured
		t.Errorf("%d matched, %d kept; the survey has %d: %+v", r.Matched, len(r.Journeys), want, r.Survey.Losses)
	}
}

// saved writes frames to a capture file, at times from its beginning.
func saved(t *testing.T, dir, name string, fill func(put func(at time.Duration, frame []byte))) Source {
	t.Helper()
	var b bytes.Buffer
	w, err := savefile.NewPcapWriter(&b, trace.LinkEthernet)
	if err != nil {
		t.Fatal(err)
	}
	fill(func(at time.Duration, frame []byte) {
		if err := w.Write(savefile.Record{Time: time.Unix(1_700_000_000, 0).Add(at), Length: len(frame), Data: frame}); err != nil {
			t.Fatal(err)
		}
	})
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file(t, path)
}

// datagram is one of many that a node sends another. At first, it was answered.
func datagram(n int, ttl byte, port uint16) []byte {
	b := make([]byte, 14+20+8)
	copy(b, []byte{2, 0, 0, 0, 0, ttl, 2, 0, 0, 0, 1, ttl, 8, 0, 0x45, 0, 0, 28})
	ip, udp := b[14:], b[34:]
	binary.BigEndian.PutUint16(ip[4:], uint16(n))
	ip[8], ip[9] = ttl, 17
	copy(ip[12:], []byte{10, 0, 0, 1, 10, 0, 1, 1})
	binary.BigEndian.PutUint16(udp, 1024)
	binary.BigEndian.PutUint16(udp[2:], port)
	if port == 1 { // an answer
		copy(ip[12:], []byte{10, 0, 1, 1, 10, 0, 0, 1})
		binary.BigEndian.PutUint16(udp, 80)
		binary.BigEndian.PutUint16(udp[2:], 1024)
	}
	binary.BigEndian.PutUint16(udp[4:], 8)
	return b
}
