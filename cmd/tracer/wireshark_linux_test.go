package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/sim/labtest"
)

// TestWireshark: tshark, with checksum verification, has no complaints about the files of
// --out, and finds the answer in them.
func TestWireshark(t *testing.T) {
	tshark := labtest.Peer(t, "tshark")
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
	// Severity 0x600000 is "warning"; "error" is above. Status 0 is "bad".
	const complaints = "_ws.expert.severity >= 0x600000 or tcp.checksum.status == 0 or ip.checksum.status == 0 or tcp.analysis.retransmission"
	total := 0
	for _, f := range files {
		if got := read(f, complaints, "frame.number", "_ws.expert.message"); len(got) != 0 {
			t.Errorf("%s: %v", filepath.Base(f), got)
		}
		if got := read(f, "tcp", "tcp.checksum.status"); strings.Trim(strings.Join(got, ""), "1") != "" || len(got) < 10 {
			t.Errorf("%s: checksums %v", filepath.Base(f), got)
		}
		// http.file_data is text or hexadecimal, depending on the version.
		if got := read(f, "http.response", "http.file_data"); len(got) != 1 || got[0] != "Hello" && got[0] != "48656c6c6f" {
			t.Errorf("%s: body %v", filepath.Base(f), got)
		}
		total += len(read(f, "frame", "frame.number"))
	}
	// A wrong bit would have caused a complaint.
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

// TestWiresharkMerged: in the single file of all interfaces, Wireshark shows for each packet
// where it was captured, its direction and number, what happened to it, and who sent it.
func TestWiresharkMerged(t *testing.T) {
	tshark := labtest.Peer(t, "tshark")
	for _, name := range scenarios.Names() {
		file := filepath.Join(t.TempDir(), name+".pcapng")
		if r := tracer(t, "export", name, "--out", file); r.code != 0 {
			t.Fatalf("%+v", r)
		}
		out, err := exec.Command(tshark, "-n", "-r", file, "-o", "nameres.network_name:TRUE", "-T", "fields", "-E", "separator=|",
			"-e", "frame.interface_name", "-e", "frame.packet_flags_direction", "-e", "frame.packet_id", "-e", "frame.comment",
			"-e", "ip.src", "-e", "ip.src_host", "-e", "ipv6.src", "-e", "ipv6.src_host").Output()
		if err != nil {
			t.Fatal(err)
		}
		var recorded struct {
			Journeys []struct {
				ID   int
				Hops []struct{ Node, Interface, Direction string }
			}
		}
		r := tracer(t, "export", name, "--format", "json")
		if err := json.Unmarshal([]byte(r.stdout), &recorded); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{} // frames, by their expected description
		for _, j := range recorded.Journeys {
			id := j.ID
			if id < 0 {
				id = 1<<32 - id
			}
			for _, h := range j.Hops {
				direction := map[string]string{"in": "0x00000001", "out": "0x00000002"}[h.Direction]
				want[fmt.Sprintf("%s@%s|%s|%d", h.Interface, h.Node, direction, id)]++
			}
		}
		resolved, nameless := 0, map[string]bool{}
		for line := range strings.Lines(string(out)) {
			f := strings.Split(strings.TrimSuffix(line, "\n"), "|")
			if len(f) != 8 || !strings.HasPrefix(f[3], "hop ") {
				t.Fatalf("%s: %q", name, line)
			}
			want[strings.Join(f[:3], "|")]--
			if f[4] != f[5] {
				resolved++
			}
			if f[6] == f[7] && strings.HasPrefix(f[6], "fd") { // fe80:: and :: have no names
				nameless[f[6]] = true
			}
		}
		for what, n := range want {
			if n != 0 {
				t.Errorf("%s: %d frames too few of %s", name, n, what)
			}
		}
		if resolved == 0 || len(nameless) > 0 {
			t.Errorf("%s: %d addresses have a name, and %v have none", name, resolved, nameless)
		}
	}
}
