package stitch

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/packet"
	"tracer/trace/savefile"
)

// ways are the places at which each packet was seen, by what it is.
func ways(r *Result) (list []string) {
	for i := range r.Journeys {
		way := []string{r.Journeys[i].Summary}
		for k := range r.Journeys[i].Hops {
			way = append(way, r.Journeys[i].Hops[k].Place())
		}
		list = append(list, strings.Join(way, " "))
	}
	return list
}

// The same captures in other formats show the same.
func TestFormats(t *testing.T) {
	want, plain := docker(t)
	check := func(name string, sources []Source) {
		t.Helper()
		got, err := Files(t.Context(), sources, Options{Limit: 1000})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if a, b := strings.Join(ways(got), "\n"), strings.Join(ways(want), "\n"); a != b {
			t.Errorf("%s:\n%s\nwant\n%s", name, a, b)
		}
	}
	dir := t.TempDir()
	var squeezed []Source
	for i, s := range plain {
		path := filepath.Join(dir, dockerFiles[i].name+".pcap.gz")
		squeeze(t, s.Label, path)
		squeezed = append(squeezed, file(t, path))
	}
	check("gzip", squeezed)
	for _, format := range []string{"pcapng", "nsecpcap"} {
		var converted []Source
		for i, s := range plain {
			path := filepath.Join(dir, dockerFiles[i].name+"."+format)
			labtest.Output(t, "editcap", "-F", format, s.Label, path)
			converted = append(converted, namedFile(t, dockerFiles[i].name, path))
		}
		check(format, converted)
	}
}

func squeeze(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(out)
	if _, err := io.Copy(z, in); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// A cooked capture of the first version does not tell interfaces apart: a packet
// is seen there more than once.
func TestMixed(t *testing.T) {
	dir := t.TempDir()
	all := filepath.Join(dir, "all.pcapng")
	var args []string
	for _, f := range dockerFiles[1:4] { // the host's
		args = append(args, filepath.Join("testdata", "docker-20.10", f.name+".pcap"))
	}
	labtest.Output(t, "mergecap", append([]string{"-w", all}, args...)...)
	cooked := filepath.Join(dir, "any.pcap")
	cook(t, all, cooked)
	r, err := Files(t.Context(), []Source{file(t, filepath.Join("testdata", "docker-20.10", "client-eth0.pcap")), file(t, cooked)}, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Journeys {
		if j := &r.Journeys[i]; strings.HasPrefix(j.Summary, "TCP") && len(j.Hops) != 4 {
			t.Errorf("#%d %s was seen %d times", j.ID, j.Summary, len(j.Hops))
		}
	}
	if len(r.Survey.Mappings) != 1 || r.Survey.Mappings[0].From.String() != "192.168.52.203:80" {
		t.Errorf("%+v", r.Survey.Mappings)
	}
}

// A file that ends early shows what came before, and says where it ends.
func TestBroken(t *testing.T) {
	_, sources := docker(t)
	b, err := os.ReadFile(sources[2].Label)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "docker0.pcap")
	if err := os.WriteFile(cut, b[:len(b)-5], 0o600); err != nil {
		t.Fatal(err)
	}
	sources[2] = file(t, cut)
	r, err := Files(t.Context(), sources, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Broken) != 1 || r.Survey.Points[places(r)["docker0"]].Packets != 15 {
		t.Fatalf("%v, %+v", r.Broken, r.Survey.Points)
	}
	const last = 16 + 66 // the last packet with its header
	want := fmt.Sprintf("%s: the file ends in the middle of a packet, at offset %d", cut, len(b)-last)
	if got := r.Broken[0].Error(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if _, err := Files(t.Context(), []Source{file(t, filepath.Join("testdata", "docker-20.10", "README.md"))}, Options{}); err == nil || !strings.Contains(err.Error(), savefile.ErrFormat.Error()) {
		t.Errorf("of a text: %v", err)
	}
}

// Files that are called the same are told apart.
func TestSameNames(t *testing.T) {
	dir := t.TempDir()
	var sources []Source
	for i, f := range dockerFiles[:3] {
		b, err := os.ReadFile(filepath.Join("testdata", "docker-20.10", f.name+".pcap"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, fmt.Sprint(i), "capture.pcap")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, file(t, path))
	}
	r, err := Files(t.Context(), sources, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Trace(t.Context())
	if err == nil {
		err = got.Check()
	}
	if err != nil {
		t.Fatal(err)
	}
	syn := got.Journey(3)
	for i, want := range []string{"capture", "capture (2)", "capture (3)"} {
		h := &syn.Hops[i]
		p, err := packet.NewDecoder().Frame(got.Frame(h.Frame).Data)
		if h.Place() != want || err != nil || p.Headers != h.Packet {
			t.Errorf("hop %d at %s has the frame of %+v: %v", i+1, h.Place(), p, err)
		}
	}
}

// A file that seems to have more interfaces than any machine takes no more memory
// for it.
func TestManyInterfaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "any.pcap")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := savefile.NewPcapWriter(out, trace.LinkSLL2)
	if err != nil {
		t.Fatal(err)
	}
	const packets = 10_000
	for i := range packets {
		data := make([]byte, 40)
		binary.BigEndian.PutUint32(data[4:], uint32(i))
		if err := w.Write(savefile.Record{Time: time.Unix(int64(i), 0), Length: len(data), Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), out.Close()); err != nil {
		t.Fatal(err)
	}
	r, err := Files(t.Context(), []Source{file(t, path)}, Options{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Points) != maxPoints+1 || r.Survey.Packets != packets {
		t.Errorf("%d points, %d packets", len(r.Points), r.Survey.Packets)
	}
}
