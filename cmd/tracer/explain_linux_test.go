package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// dockerCaptures returns captures from a real Docker Engine.
func dockerCaptures() (files []string) {
	for _, name := range []string{"client-eth0", "ens160", "docker0", "veth1d89ec9", "container-any-sll2"} {
		files = append(files, filepath.Join("..", "..", "trace", "stitch", "testdata", "docker-20.10", name+".pcap"))
	}
	return files
}

func TestExplain(t *testing.T) {
	files := dockerCaptures()
	text := tracer(t, append([]string{"explain"}, files...)...)
	for _, want := range []string{
		"18 packets in 1 conversation, captured 78 times",
		"#3  TCP SYN   original   client-eth0 → container-any-sll2",
		"inferred DNAT: #3 comes from the client side",
		"inferred: the reverse of #3's DNAT",
		"DNAT   TCP  dst  192.168.52.203:80 ⇒ 172.17.0.2:5000   between ens160 and docker0   1 connection",
		"no missing packets: each was seen as far as similar ones",
	} {
		if !strings.Contains(text.stdout, want) {
			t.Errorf("nothing of %q in\n%s", want, text.stdout)
		}
	}
	if text.code != 0 || text.stderr != "" {
		t.Errorf("code %d: %s", text.code, text.stderr)
	}

	named := tracer(t, "explain", "client="+files[0], "host/docker0="+files[2], "--flow", "172.17.0.2:5000", "--filter", "syn", "--ascii")
	if named.code != 0 || !strings.Contains(named.stdout, "host/docker0") || strings.Contains(named.stdout, "ARP request") || !strings.Contains(named.stdout, "#7") && !strings.Contains(named.stdout, "TCP SYN-ACK") {
		t.Errorf("%+v", named)
	}

	stdin, err := os.Open(files[1])
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	cmd := command("explain", files[0], "-", "--view", "json")
	cmd.Stdin = stdin
	out := finish(t, cmd)
	var d struct {
		Survey struct {
			Points []struct {
				File    string
				Packets int
			}
		}
		Journeys []struct{ Hops []struct{ Node string } }
		Frames   []struct{ N int }
	}
	if err := json.Unmarshal([]byte(out.stdout), &d); err != nil || len(d.Survey.Points) != 2 || d.Survey.Points[1].File != "standard input" || d.Survey.Points[1].Packets != 15 || len(d.Journeys) != 15 || len(d.Frames) != 30 {
		t.Errorf("%v: %s %+v", err, out.stderr, d.Survey)
	}
	again := command("replay", "-", "--view", "json")
	again.Stdin = strings.NewReader(out.stdout)
	if r := finish(t, again); r.code != 0 || r.stdout != out.stdout {
		t.Errorf("replayed: code %d: %s", r.code, r.stderr)
	}
}

func TestExplainErrors(t *testing.T) {
	files := dockerCaptures()
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.pcap")
	if err := os.WriteFile(cut, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args         []string
		stdout, want string
	}{
		{[]string{cut, files[1]}, "#3  TCP SYN", cut + ": the file ends in the middle of a packet, at offset "},
		{[]string{"explain.go"}, "", "explain.go: not a pcap or pcapng file, at offset 0"},
	} {
		r := tracer(t, append([]string{"explain"}, c.args...)...)
		if r.code != exitUsage || !strings.Contains(r.stdout, c.stdout) || !strings.Contains(r.stderr, c.want) || c.stdout == "" && r.stdout != "" {
			t.Errorf("%v: code %d\n%s\n%s", c.args, r.code, r.stdout, r.stderr)
		}
	}
}

func TestExport(t *testing.T) {
	for format, want := range map[string]string{"pcapng": "flask-demo", "html": "<!doctype html>"} {
		file := filepath.Join(t.TempDir(), "flask."+format)
		if r := tracer(t, "export", "flask-demo", "--format", format, "--out", file); r.code != 0 || r.stdout != "" {
			t.Fatalf("%+v", r)
		}
		written, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(written, []byte(want)) {
			t.Fatalf("%s: %d bytes without %q: %v", format, len(written), want, err)
		}
		if r := tracer(t, "export", "flask-demo", "--format", format); r.code != 0 || !bytes.Equal([]byte(r.stdout), written) {
			t.Errorf("%s to standard output: code %d, %d bytes: %s", format, r.code, len(r.stdout), r.stderr)
		}
	}
}
