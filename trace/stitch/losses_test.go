package stitch

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/savefile"
)

// without leaves the packet with the HTTP request out.
func without(r *savefile.Record) bool { return !bytes.Contains(r.Data, []byte("GET / HTTP")) }

// sentTwice writes a capture in which the HTTP request is a retransmission. A point that
// the first one reached has that one, too.
func sentTwice(t *testing.T, name string, reached bool, more ...savefile.Record) string {
	t.Helper()
	list := records(t, filepath.Join("testdata", "docker-20.10", name+".pcap"))
	at := slices.IndexFunc(list, func(r savefile.Record) bool { return !without(&r) })
	if reached {
		first := list[at]
		first.Data = bytes.Clone(first.Data)
		first.Time = first.Time.Add(-10 * time.Microsecond)
		ip := bytes.Index(first.Data, []byte{0x45, 0})
		first.Data[ip+4]++ // the identification
		list = slices.Insert(list, at, first)
	}
	list = append(list, more...)
	path := filepath.Join(t.TempDir(), name+".pcap")
	writeRecords(t, path, name, list)
	return path
}

func records(t *testing.T, path string) (list []savefile.Record) {
	t.Helper()
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := savefile.NewReader(in)
	for err == nil {
		var rec savefile.Record
		if rec, err = r.Next(); err == nil {
			rec.Data = bytes.Clone(rec.Data)
			list = append(list, rec)
		}
	}
	return list
}

func writeRecords(t *testing.T, path, like string, list []savefile.Record) {
	t.Helper()
	in, err := os.Open(filepath.Join("testdata", "docker-20.10", like+".pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := savefile.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := savefile.NewPcapWriter(&b, r.Interfaces()[0].Link)
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range list {
		if err := w.Write(savefile.Record{Time: rec.Time, Length: rec.Length, Data: rec.Data}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// places are the numbers of points, by name.
func places(r *Result) map[string]int {
	at := map[string]int{}
	for i, p := range r.Points {
		at[p.Node] = i
	}
	return at
}

// A packet that was retransmitted without an acknowledgement was lost where the others of
// its connection went on.
func TestLosses(t *testing.T) {
	for _, c := range []struct {
		name         string
		reached      int // how many points the first request reached
		after, never string
	}{
		{"behind ens160", 2, "ens160", "docker0"},
		{"at the end", 4, "veth1d89ec9", "container-any-sll2"},
		{"nowhere", 5, "", ""},
	} {
		var sources []Source
		for i, f := range dockerFiles {
			sources = append(sources, file(t, sentTwice(t, f.name, i < c.reached)))
		}
		r, err := Files(t.Context(), sources, Options{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		at, got := places(r), r.Survey.Losses
		if c.after == "" {
			if len(got) != 0 {
				t.Errorf("%s: %+v", c.name, got)
			}
			continue
		}
		if len(got) != 1 || got[0].After != at[c.after] || got[0].Never != at[c.never] || got[0].Passed || got[0].Quiet || got[0].Packets != 1 || got[0].Examples[0].Journey != 8 {
			t.Errorf("%s: %+v", c.name, got)
		}
		if o := r.Journeys[7].Outcome; !o.Lost() || o.Reason != trace.ReasonOthersWentOn || o.Others != r.Points[at[c.never]] {
			t.Errorf("%s: #8 ended as %+v", c.name, o)
		}
	}
}

// A packet that arrived is not reported lost, wherever a capture lacks it.
func TestArrived(t *testing.T) {
	all := func(*savefile.Record) bool { return true }
	for _, c := range []struct {
		name   string
		at     [5]bool // where the request is missing
		passed string  // where it passed, as reported
	}{
		{"everywhere behind ens160", [5]bool{false, false, true, true, true}, ""},
		{"at docker0 only", [5]bool{false, false, true, false, false}, "docker0"},
		{"at the end", [5]bool{false, false, false, false, true}, ""},
		{"at the beginning", [5]bool{true, true, false, false, false}, ""},
	} {
		var sources []Source
		for i, f := range dockerFiles {
			keep := all
			if c.at[i] {
				keep = without
			}
			sources = append(sources, file(t, altered(t, f.name, keep)))
		}
		r, err := Files(t.Context(), sources, Options{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		got := r.Survey.Losses
		if c.passed == "" && len(got) != 0 || c.passed != "" && (len(got) != 1 || got[0].Never != places(r)[c.passed] || !got[0].Passed || got[0].Packets != 1) {
			t.Errorf("%s: %+v", c.name, got)
		}
		for i := range r.Journeys {
			if j := &r.Journeys[i]; j.Outcome.Lost() {
				t.Errorf("%s: #%d ended as %+v", c.name, j.ID, j.Outcome)
			}
		}
	}
}

// Where a capture had ended, packets are not said to be lost.
func TestCaptureEnded(t *testing.T) {
	var sources []Source
	for i, f := range dockerFiles {
		path := sentTwice(t, f.name, i < 2)
		list, ended := records(t, path), false
		list = slices.DeleteFunc(list, func(r savefile.Record) bool {
			ended = ended || i >= 3 && !without(&r)
			return ended
		})
		writeRecords(t, path, f.name, list)
		sources = append(sources, file(t, path))
	}
	r, err := Files(t.Context(), sources, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Journeys {
		j := &r.Journeys[i]
		if lost := j.ID == 8; j.Outcome.Lost() != lost { // docker0 was captured on
			t.Errorf("#%d %s: %+v", j.ID, j.Summary, j.Outcome)
		}
	}
}
