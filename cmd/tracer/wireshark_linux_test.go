package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWireshark: tshark, told to verify checksums, finds nothing to complain of
// in any of the files that --out writes, and reads the answer out of them.
func TestWireshark(t *testing.T) {
	tshark := peer(t, "tshark")
	needLab(t)
	dir := t.TempDir()
	if r := tracer(t, "run", "flask-demo", "--out", dir); r.code != 0 {
		t.Fatalf("%+v", r)
	}
	read := func(file, filter string, fields ...string) []string {
		t.Helper()
		args := []string{"-n", "-r", file, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y", filter, "-T", "fields"}
		for _, f := range fields {
			args = append(args, "-e", f)
		}
		cmd := exec.Command(tshark, args...)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v", cmd.Args, err)
		}
		return strings.Fields(string(out))
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.pcap"))
	if err != nil || len(files) != 5 {
		t.Fatalf("%v, %v", files, err)
	}
	// Severity 0x600000 is "warning", above it is "error"; status 0 is "bad".
	const complaints = "_ws.expert.severity >= 0x600000 or tcp.checksum.status == 0 or ip.checksum.status == 0 or tcp.analysis.retransmission"
	total := 0
	for _, f := range files {
		if got := read(f, complaints, "frame.number", "_ws.expert.message"); len(got) != 0 {
			t.Errorf("%s: %v", filepath.Base(f), got)
		}
		if got := read(f, "tcp", "tcp.checksum.status"); strings.Trim(strings.Join(got, ""), "1") != "" || len(got) < 10 {
			t.Errorf("%s: checksums %v", filepath.Base(f), got)
		}
		// http.file_data comes as text or as hexadecimal, by version.
		if got := read(f, "http.response", "http.file_data"); len(got) != 1 || got[0] != "Hello" && got[0] != "48656c6c6f" {
			t.Errorf("%s: body %v", filepath.Base(f), got)
		}
		total += len(read(f, "frame", "frame.number"))
	}
	// It would have complained of a wrong bit.
	damaged, err := os.ReadFile(filepath.Join(dir, "ens160.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(damaged, []byte("Hello"))
	if at < 0 {
		t.Fatal("no Hello in ens160.pcap")
	}
	damaged[at] ^= 1
	if got := read(write(t, "damaged.pcap", string(damaged)), complaints, "frame.number"); len(got) != 1 {
		t.Errorf("of a damaged frame tshark says %v", got)
	}
	text, err := os.ReadFile(filepath.Join(dir, "trace.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Frames []any }
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	if total != len(doc.Frames) {
		t.Errorf("%d frames in the pcaps, %d in trace.json", total, len(doc.Frames))
	}
}
