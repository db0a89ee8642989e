package stitch

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/savefile"
)

// What of a file is not read is said.
func TestUnread(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, link trace.LinkType, frames ...savefile.Record) Source {
		t.Helper()
		path := filepath.Join(dir, name)
		var b bytes.Buffer
		w, err := savefile.NewPcapWriter(&b, link)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			if err := w.Write(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return file(t, path)
	}
	const wifi = 105
	frame := savefile.Record{Time: time.Unix(1_700_000_000, 0), Length: 60, Data: make([]byte, 60)}
	sources := []Source{
		file(t, altered(t, "ens160", func(r *savefile.Record) bool { r.Data = r.Data[:min(64, len(r.Data))]; return true })),
		write("empty.pcap", trace.LinkEthernet),
		write("wifi.pcap", wifi, frame, frame),
	}
	r, err := Files(t.Context(), sources, Options{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]trace.PointSurvey{}
	for _, p := range r.Survey.Points {
		at[p.String()] = p
	}
	if p := at["ens160"]; p.Packets != 15 || p.Snapped != 13 || p.Undecoded != 0 {
		t.Errorf("%+v", p)
	}
	if p, there := at["empty"]; !there || p.Packets != 0 {
		t.Errorf("%+v", p)
	}
	if p := at["wifi"]; p.Undecoded != 2 || p.Link != wifi || p.Packets != 0 {
		t.Errorf("%+v", p)
	}
	if len(r.Broken) != 1 || !strings.Contains(r.Broken[0].Error(), "none of its 2 packets can be read: link type 105") {
		t.Errorf("%v", r.Broken)
	}
	// A SYN's options are cut off, and all is as if they had not been.
	for i := range r.Journeys {
		for k := range r.Journeys[i].Hops {
			if p := &r.Journeys[i].Hops[k].Packet; p.Src.Port() == 0 && !p.IsARP() {
				t.Errorf("#%d %s from %s", r.Journeys[i].ID, r.Journeys[i].Summary, p.Source())
			}
		}
	}
}

// Packets of several interfaces, one interface after the other.
func TestDisorder(t *testing.T) {
	var b bytes.Buffer
	w := savefile.NewWriter(&b, "")
	list := [][]savefile.Record{}
	for i, name := range []string{"ens160", "docker0"} {
		var of []savefile.Record
		altered(t, name, func(r *savefile.Record) bool {
			of = append(of, savefile.Record{Interface: i, Time: r.Time, Length: r.Length, Data: bytes.Clone(r.Data)})
			// Its second half comes seconds later.
			if len(of) > 8 {
				of[len(of)-1].Time = r.Time.Add(3e9)
			}
			return true
		})
		list = append(list, of)
		w.Interface(savefile.Interface{Name: name, Link: trace.LinkEthernet})
	}
	for _, of := range list {
		for _, r := range of {
			w.Write(r)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "concatenated.pcapng")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Files(t.Context(), []Source{file(t, path)}, Options{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Survey.Points {
		if !p.Disorder {
			t.Errorf("%+v", p)
		}
	}
	ordered, _ := docker(t)
	for _, p := range ordered.Survey.Points {
		if p.Disorder || p.Snapped > 0 {
			t.Errorf("%+v", p)
		}
	}
}

// A filter may ask for what is only known at the end: who was lost.
func TestKeepByOutcome(t *testing.T) {
	var sources []Source
	for i, f := range dockerFiles {
		sources = append(sources, file(t, sentTwice(t, f.name, i < 2)))
	}
	lost := func(j *trace.Journey) bool { return j.Outcome.Lost() }
	r, err := Files(t.Context(), sources, Options{Keep: lost, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Journeys) != 1 || r.Journeys[0].ID != 8 || r.Matched != 1 {
		t.Errorf("%d journeys, %d matched", len(r.Journeys), r.Matched)
	}
	others, err := Files(t.Context(), sources, Options{Keep: func(j *trace.Journey) bool { return !lost(j) }, Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	if others.Matched != r.Survey.Packets-1 || len(others.Journeys) != 5 {
		t.Errorf("%d journeys, %d matched of %d", len(others.Journeys), others.Matched, r.Survey.Packets)
	}
}
