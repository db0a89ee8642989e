package stitch

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/savefile"
)

// altered writes a capture again, with each record as change makes it; those that
// it is false of are left out.
func altered(t *testing.T, name string, change func(*savefile.Record) bool) string {
	t.Helper()
	in, err := os.Open(filepath.Join("testdata", "docker-20.10", name+".pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := savefile.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name+".pcap")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := savefile.NewPcapWriter(out, r.Interfaces()[0].Link)
	for err == nil {
		var rec savefile.Record
		if rec, err = r.Next(); err == nil && change(&rec) {
			err = w.Write(savefile.Record{Time: rec.Time, Length: rec.Length, Data: rec.Data})
		}
	}
	if flushed := w.Flush(); flushed != nil {
		t.Fatal(flushed)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func later(d time.Duration) func(*savefile.Record) bool {
	return func(r *savefile.Record) bool {
		r.Time = r.Time.Add(d)
		return true
	}
}

// Files whose clocks differ are put right, and their packets are joined as if they
// did not.
func TestClocks(t *testing.T) {
	want, _ := docker(t)
	for _, wrong := range []time.Duration{0, time.Millisecond, -time.Millisecond, 2300 * time.Millisecond, -time.Hour, 400 * 24 * time.Hour} {
		sources := []Source{
			file(t, altered(t, "client-eth0", later(0))),
			file(t, altered(t, "ens160", later(wrong))),
			file(t, altered(t, "docker0", later(wrong))),
			file(t, altered(t, "veth1d89ec9", later(-wrong))),
			file(t, altered(t, "container-any-sll2", later(-wrong))),
		}
		got, err := Files(t.Context(), sources, Options{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for i, direction := range []time.Duration{0, -1, -1, 1, 1} {
			p := got.Survey.Points[i]
			// What is between two captures takes some microseconds.
			if off := (p.Clock - direction*wrong).Abs(); off > 200*time.Microsecond || wrong == 0 && p.Clock != 0 || p.Compared == 0 {
				t.Errorf("clocks %v apart: %s is corrected by %v ± %v, by %d packets", wrong, p, p.Clock, p.Tolerance, p.Compared)
			}
		}
		if len(got.Journeys) != len(want.Journeys) {
			t.Errorf("clocks %v apart: %d journeys, want %d", wrong, len(got.Journeys), len(want.Journeys))
			continue
		}
		for i := range got.Journeys {
			a, b := &got.Journeys[i], &want.Journeys[i]
			if !a.Background() && len(a.Hops) != len(b.Hops) {
				t.Errorf("clocks %v apart: #%d was seen %d times, not %d", wrong, a.ID, len(a.Hops), len(b.Hops))
			}
		}
	}
}

// Where the clock of all captures is set back, they are joined on.
func TestClockSetBack(t *testing.T) {
	want, _ := docker(t)
	var sources []Source
	for _, f := range dockerFiles {
		sources = append(sources, file(t, altered(t, f.name, func(r *savefile.Record) bool {
			if r.Time.UnixMicro()%1_000_000 > 209_000 { // from the answer on
				r.Time = r.Time.Add(-time.Hour)
			}
			return true
		})))
	}
	got, err := Files(t.Context(), sources, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got.Survey.Points {
		if (p.SetBack-time.Hour).Abs() > 10*time.Millisecond || p.Clock != 0 {
			t.Errorf("%s: set back by %v, corrected by %v", p, p.SetBack, p.Clock)
		}
	}
	for i := range got.Journeys {
		if a, b := &got.Journeys[i], &want.Journeys[i]; !a.Background() && len(a.Hops) != len(b.Hops) {
			t.Errorf("#%d %s was seen %d times, not %d", a.ID, a.Summary, len(a.Hops), len(b.Hops))
		}
	}
}

// Of packets in one direction only, no more is known than that they do not arrive
// before they are sent.
func TestClocksOneWay(t *testing.T) {
	toContainer := func(r *savefile.Record) bool {
		const destinationPort = 14 + 20 + 2
		return len(r.Data) > destinationPort+1 && r.Data[destinationPort] < 0x40 // 80 and 5000, not 48702
	}
	for wrong, corrected := range map[time.Duration]bool{time.Second: false, -time.Second: true} {
		r, err := Files(t.Context(), []Source{
			file(t, altered(t, "client-eth0", toContainer)),
			file(t, altered(t, "docker0", func(r *savefile.Record) bool { later(wrong)(r); return toContainer(r) })),
		}, Options{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.Survey.Points[1]; (p.Clock != 0) != corrected || p.Tolerance != 0 {
			t.Errorf("%v: corrected by %v ± %v", wrong, p.Clock, p.Tolerance)
		}
	}
}

// Files without a packet in common are taken as they are.
func TestClocksApart(t *testing.T) {
	r, err := Files(t.Context(), []Source{
		file(t, altered(t, "client-eth0", func(r *savefile.Record) bool { return r.Data[12] == 8 && r.Data[13] == 6 })),
		file(t, altered(t, "docker0", later(time.Hour))),
	}, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Survey.Points[1]; p.Clock != 0 || p.Compared != 0 {
		t.Errorf("%+v", p)
	}
}

// cook makes an Ethernet capture one with Linux' cooked headers.
func cook(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, err := savefile.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	w, err := savefile.NewPcapWriter(out, trace.LinkSLL)
	for err == nil {
		var rec savefile.Record
		if rec, err = r.Next(); err == nil {
			data := append([]byte{0, 0, 0, 1, 0, 6}, rec.Data[6:12]...)
			data = append(append(data, 0, 0), rec.Data[12:]...)
			err = w.Write(savefile.Record{Time: rec.Time, Length: rec.Length + 2, Data: data})
		}
	}
	if flushed := w.Flush(); flushed != nil {
		t.Fatal(flushed)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// Files that are named as one machine's have one clock.
func TestClocksOfMachine(t *testing.T) {
	for name, corrected := range map[string]bool{"": true, "host/docker0": false, "router/docker0": true} {
		ens160, docker0 := file(t, altered(t, "ens160", later(0))), file(t, altered(t, "docker0", later(-time.Second)))
		ens160.Name, docker0.Name = "host/ens160", name
		r, err := Files(t.Context(), []Source{ens160, docker0}, Options{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if p := r.Survey.Points[1]; (p.Clock != 0) != corrected || p.Compared == 0 {
			t.Errorf("%q: corrected by %v, compared by %d packets", name, p.Clock, p.Compared)
		}
	}
}

// Bounds that contradict each other do not show that two clocks differ.
func TestClockContradicted(t *testing.T) {
	for _, b := range []bounds{{307 * time.Microsecond, 2 * time.Microsecond}, {time.Millisecond, -time.Millisecond}} {
		if off := b.offset(); off != 0 {
			t.Errorf("%v: offset %v", b, off)
		}
	}
	b := bounds{time.Hour + 2*time.Millisecond, time.Hour}
	if off := b.offset(); off != time.Hour+time.Millisecond || b.tolerance() != time.Millisecond {
		t.Errorf("%v: offset %v ± %v", b, off, b.tolerance())
	}
}
