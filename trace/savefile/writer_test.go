package savefile

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"tracer/sim/labtest"
	"tracer/trace"
)

// foreign are texts that a file has no room for, or that its format gives a meaning.
var foreign = []string{
	"", "\x00", "a\x00b", "\x00\x00\x00\x00", "a\nb", "\xff\xfe", "\x1b]0;x\x07", strings.Repeat("n", maxOption-5), strings.Repeat("n", maxOption),
	strings.Repeat("n", 1<<17), strings.Repeat("é", 40_000), "n" + strings.Repeat("é", 40_000), strings.Repeat("\xbf", 70_000),
}

// TestForeignText: whatever names, descriptions and comments are, the blocks are as
// long as they say, and what fits is as it was.
func TestForeignText(t *testing.T) {
	for _, s := range foreign {
		var names []Name
		for i, a := range []string{"10.0.0.1", "fe80::1", "::ffff:10.0.0.2"} {
			names = append(names, Name{netip.MustParseAddr(a), s}, Name{netip.MustParseAddr(a), "after" + string(rune('a'+i))})
		}
		var file bytes.Buffer
		w := NewWriter(&file, s)
		w.Interface(Interface{Name: s, Description: s, Link: trace.LinkEthernet})
		w.Names(names)
		w.Write(Record{Time: time.Unix(1_700_000_000, 0), Data: []byte("frame"), Length: 5, Comment: s, ID: 7})
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		interfaces, records, err := read(file.Bytes())
		if err != io.EOF || len(records) != 1 || len(interfaces) != 1 {
			t.Fatalf("%.20q: %d packets of %d interfaces: %v", s, len(records), len(interfaces), err)
		}
		if got := records[0].Comment; !beginsAs(s, got, maxOption) {
			t.Errorf("%.20q (%d bytes): %.20q (%d bytes)", s, len(s), got, len(got))
		}
		// Of names, less is read than is written.
		for _, got := range []string{interfaces[0].Name, interfaces[0].Description} {
			begin, cut := strings.CutSuffix(got, "…")
			if len(s) <= MaxName && got != s || len(s) > MaxName && (!cut || len(begin) > MaxName || !strings.HasPrefix(s, begin)) {
				t.Errorf("%.20q (%d bytes): %.20q (%d bytes)", s, len(s), got, len(got))
			}
		}
		if records[0].ID != 7 {
			t.Errorf("%.20q: what comes after the comment is %d", s, records[0].ID)
		}
		var want []Name
		for _, n := range names {
			if n.Name != "" && !strings.Contains(n.Name, "\x00") {
				want = append(want, n)
			}
		}
		got := namesIn(t, file.Bytes())
		if len(got) != len(want) {
			t.Errorf("%.20q: %d names, not %d", s, len(got), len(want))
			continue
		}
		for i := range got {
			if got[i].Address != want[i].Address || !beginsAs(want[i].Name, got[i].Name, maxOption-len(want[i].Address.AsSlice())-1) {
				t.Errorf("%.20q: %v is called %.20q (%d bytes)", s, got[i].Address, got[i].Name, len(got[i].Name))
			}
		}
	}
}

// beginsAs reports whether what was read is the text, or as much of it as there is
// room for without a part of a character.
func beginsAs(s, got string, most int) bool {
	if len(s) <= most {
		return got == s
	}
	return strings.HasPrefix(s, got) && len(got) <= most && len(got) >= most-utf8.UTFMax && (!utf8.ValidString(s) || utf8.ValidString(got))
}

// namesIn reads the name resolution block of a file that has one.
func namesIn(t *testing.T, file []byte) (names []Name) {
	t.Helper()
	le := binary.LittleEndian
	for len(file) > 0 {
		kind, length := le.Uint32(file), le.Uint32(file[4:])
		b := file[8 : length-4]
		file = file[length:]
		for kind == namesBlock {
			what, n := le.Uint16(b), int(le.Uint16(b[2:]))
			if what == 0 {
				return names
			}
			size := map[uint16]int{1: 4, 2: 16}[what]
			a, _ := netip.AddrFromSlice(b[4 : 4+size])
			name, ended := strings.CutSuffix(string(b[4+size:4+n]), "\x00")
			if !ended || strings.Contains(name, "\x00") {
				t.Errorf("%v: %.20q is not one name", a, name)
			}
			names = append(names, Name{a, name})
			b = b[4+(n+3)&^3:]
		}
	}
	t.Error("no name resolution block")
	return nil
}

// Wireshark reads a file with such texts without complaint.
func TestForeignTextPeer(t *testing.T) {
	for _, s := range []string{"a\x00b", "a\nb", strings.Repeat("é", 40_000)} {
		path := filepath.Join(t.TempDir(), "foreign.pcapng")
		var file bytes.Buffer
		w := NewWriter(&file, s)
		w.Interface(Interface{Name: s, Description: s, Link: trace.LinkEthernet})
		w.Names([]Name{{netip.MustParseAddr("10.0.0.1"), s}, {netip.MustParseAddr("10.0.0.2"), "after"}})
		w.Write(Record{Time: time.Unix(1_700_000_000, 0), Data: make([]byte, 60), Length: 60, Comment: s, ID: 7})
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if out := labtest.Output(t, "tshark", "-n", "-r", path, "-T", "fields", "-e", "frame.len", "-e", "frame.packet_id"); out != "60\t7\n" {
			t.Errorf("%.20q: tshark reads %.40q", s, out)
		}
	}
}
