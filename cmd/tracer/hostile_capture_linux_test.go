package main

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tracer/trace/savefile"
)

// pcapng builds a capture file block by block, as only an attacker would.
type pcapng struct{ file []byte }

func (p *pcapng) block(kind uint32, body ...byte) {
	length := uint32(12 + len(body))
	p.file = binary.LittleEndian.AppendUint32(p.file, kind)
	p.file = binary.LittleEndian.AppendUint32(p.file, length)
	p.file = append(p.file, body...)
	p.file = binary.LittleEndian.AppendUint32(p.file, length)
}

// options encodes a text as options with the given codes.
func options(s string, codes ...uint16) (out []byte) {
	for _, c := range codes {
		out = binary.LittleEndian.AppendUint16(out, c)
		out = binary.LittleEndian.AppendUint16(out, uint16(len(s)))
		out = append(out, s...)
		out = append(out, make([]byte, (4-len(s)%4)%4)...)
	}
	return append(out, 0, 0, 0, 0)
}

// hostileCapture returns a real capture in which every text is s: of the section (comment,
// hardware, system, application), the interface (comment, name, description, filter, system,
// hardware), the names of addresses, and the packets.
func hostileCapture(t *testing.T, from, s string) []byte {
	t.Helper()
	f, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := savefile.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var p pcapng
	head := binary.LittleEndian.AppendUint32(nil, 0x1a2b3c4d)
	head = append(head, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255)
	p.block(0x0a0d0d0a, append(head, options(s, 1, 2, 3, 4)...)...)
	p.block(1, append([]byte{byte(in.Interfaces()[0].Link), 0, 0, 0, 0, 0, 4, 0}, options(s, 1, 2, 3, 11, 12, 15)...)...)
	record := append([]byte{192, 168, 52, 203}, s...)
	record = append(record, 0)
	names := append([]byte{1, 0, byte(len(record)), byte(len(record) >> 8)}, record...)
	names = append(names, make([]byte, (4-len(names)%4)%4)...)
	p.block(4, append(append(names, 0, 0, 0, 0), options(s, 1, 2)...)...)
	for {
		rec, err := in.Next()
		if err != nil {
			break
		}
		stamp := uint64(rec.Time.UnixMicro())
		body := binary.LittleEndian.AppendUint32(nil, 0)
		for _, v := range []uint32{uint32(stamp >> 32), uint32(stamp), uint32(len(rec.Data)), uint32(rec.Length)} {
			body = binary.LittleEndian.AppendUint32(body, v)
		}
		body = append(append(body, rec.Data...), make([]byte, (4-len(rec.Data)%4)%4)...)
		p.block(6, append(body, options(s, 1)...)...)
	}
	return p.file
}

// TestHostileCapture explains captures with hostile texts wherever possible, also in file
// names.
func TestHostileCapture(t *testing.T) {
	if withRace {
		t.Skip("one goroutine, and minutes under the race detector")
	}
	if !unprivileged(t) {
		return
	}
	captures := dockerCaptures()
	for i, s := range slices.Concat(hostile, hostileBytes, random(t, 10)) {
		dir := t.TempDir()
		name := strings.NewReplacer("/", "_", "\x00", "_", "=", "_").Replace(s)
		if len(name) > 200 {
			name = "capture"
		}
		one := save1(t, filepath.Join(dir, name+".pcapng"), string(hostileCapture(t, captures[0], s)))
		other := save1(t, filepath.Join(dir, name+"@"+name+".pcap"), string(hostileCapture(t, captures[2], s+"@"+s)))
		torn := save1(t, filepath.Join(dir, name+"-torn"), string(hostileCapture(t, captures[0], s)[:2000]))
		text := save1(t, filepath.Join(dir, name+"-text"), s)
		for _, c := range []struct {
			code int
			args []string
		}{
			{0, []string{"explain", one, other, "--view", "text", "--color", "always"}},
			{0, []string{"explain", name + "=" + one, other, "--view", "text"}},
			{exitUsage, []string{"explain", torn, one, text, "--view", "text", "--color", "always"}},
			{exitUsage, []string{"explain", text}},
			{exitUsage, []string{"replay", one}},
			{exitUsage, []string{"replay", text}},
			{exitUsage, []string{"export", text}},
			{exitFailed, []string{"show", text + "/x.yaml"}},
		} {
			if r := tried(t, strings.Join(c.args, " "), c.args...); r.code != c.code && !(i >= len(hostile) && c.code != 0) {
				t.Errorf("%q: code %d: %s", c.args, r.code, r.stderr)
			}
		}
		// The result can be replayed, and exported as capture files.
		r := tried(t, s, "explain", one, other, "--view", "json")
		saved := save1(t, filepath.Join(dir, "trace.json"), r.stdout)
		if again := tried(t, s, "replay", saved, "--view", "json"); again.code != 0 || again.stdout != r.stdout {
			t.Errorf("%q: what was printed does not read back: %s", s, again.stderr)
		}
		if r := tried(t, s, "replay", saved, "--view", "text", "--color", "always"); r.code != 0 {
			t.Errorf("%q: %s", s, r.stderr)
		}
		if r := tried(t, s, "export", saved, "--out", filepath.Join(dir, "out.pcapng")); r.code != 0 {
			t.Errorf("%q: %s", s, r.stderr)
		}
		if r := tried(t, s, "replay", filepath.Join(dir, "out.pcapng"), "--view", "text"); r.code != 0 {
			t.Errorf("%q: %s", s, r.stderr)
		}
	}
}
