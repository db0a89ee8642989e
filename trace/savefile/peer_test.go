package savefile

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// Wireshark finds in a file what the Writer was given, and nothing to complain of.
func TestWriterPeer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sample.pcapng")
	if err := os.WriteFile(path, written(t, []byte("attached")), 0o600); err != nil {
		t.Fatal(err)
	}
	out := labtest.Output(t, "tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=f",
		"-e", "frame.interface_name", "-e", "frame.len", "-e", "frame.cap_len", "-e", "frame.packet_id", "-e", "frame.comment", "-e", "frame.packet_flags_direction")
	interfaces, records := sample()
	var got, want []string
	for line := range strings.Lines(out) {
		got = append(got, strings.TrimRight(line, "\n"))
	}
	for _, r := range records {
		id, flags := "", ""
		if r.ID != 0 {
			id = strconv.FormatUint(r.ID, 10)
		}
		if r.Direction != 0 {
			flags = fmt.Sprintf("0x%08x", int(r.Direction))
		}
		want = append(want, strings.Join([]string{interfaces[r.Interface].Name, strconv.Itoa(r.Length), strconv.Itoa(len(r.Data)), id, r.Comment, flags}, "\t"))
	}
	if !slices.Equal(got, want) {
		t.Errorf("tshark reads\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// What Wireshark's tools make of a file, the Reader reads alike.
func TestReaderPeer(t *testing.T) {
	dir := t.TempDir()
	source := filepath.Join(dir, "source.pcap")
	if err := os.WriteFile(source, classic(t, true), 0o600); err != nil {
		t.Fatal(err)
	}
	_, want, _ := read(classic(t, true))
	for _, format := range []string{"pcapng", "nsecpcap"} {
		path := filepath.Join(dir, "as."+format)
		labtest.Output(t, "editcap", "-F", format, source, path)
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, records, err := read(file); err != io.EOF || !slices.EqualFunc(records, want, equal) {
			t.Errorf("%s: %v, %v", format, records, err)
		}
	}
}
