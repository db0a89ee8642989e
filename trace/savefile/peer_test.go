package savefile

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// peer runs a tool that judges what we write and read.
func peer(t *testing.T, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("TRACER_REQUIRE_PEERS") != "" {
			t.Fatal(err)
		}
		t.Skipf("%s is not installed", name)
	}
	var stderr bytes.Buffer
	cmd := exec.Command(path, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, &stderr)
	}
	return string(out)
}

// Wireshark finds in a file what the Writer was given, and nothing to complain of.
func TestWriterPeer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sample.pcapng")
	if err := os.WriteFile(path, written(t, []byte("attached")), 0o600); err != nil {
		t.Fatal(err)
	}
	out := peer(t, "tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=f",
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
		peer(t, "editcap", "-F", format, source, path)
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, records, err := read(file); err != io.EOF || !slices.EqualFunc(records, want, equal) {
			t.Errorf("%s: %v, %v", format, records, err)
		}
	}
}
