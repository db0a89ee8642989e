package stitch_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/sim/confine"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/live"
	"tracer/trace/savefile"
	"tracer/trace/stitch"
)

// TestScenarios: what tcpdump captures of a scenario is stitched to the same journeys that
// the live run found with the kernel's evidence.
//
//	client ──────── host ──────── container ...   of each scenario
//	  │ tcpdump       │ tcpdump     │ tcpdump     at every interface
//	  └───────────────┴─────────────┴──▶ files ─▶ stitch ─▶ journeys
//	                                                           ║ compared
//	  session, with rules and conntrack ─────────▶ live ───▶ journeys
func TestScenarios(t *testing.T) {
	tcpdump := labtest.Peer(t, "tcpdump")
	// It gives up its rights for another user's, and a user namespace has no other.
	if !confine.Capable() {
		t.Skip("tcpdump needs root")
	}
	for _, name := range scenarios.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := scenarios.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			run, dumps := dumped(t, s, tcpdump)
			var sources []stitch.Source
			for _, d := range dumps {
				sources = append(sources, namedFile(t, d.node+"/"+d.iface, d.path))
			}
			r, err := stitch.Files(t.Context(), sources, stitch.Options{Limit: 1 << 20})
			if err != nil {
				t.Fatal(err)
			}
			judge(t, run, dumps, r)
		})
	}
}

// dump is tcpdump at one interface.
type dump struct {
	node, iface, path string
	cmd               *exec.Cmd
}

// dumped runs a scenario while tcpdump captures on every interface but the
// loopbacks.
func dumped(t *testing.T, s *scenarios.Scenario, tcpdump string) (*trace.Trace, []dump) {
	t.Helper()
	session, err := live.Open(t.Context(), s, live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	var dumps []dump
	dir := t.TempDir()
	for _, n := range s.Topology.Nodes {
		var interfaces []net.Interface
		err := session.Do(n.Name, func() (err error) {
			interfaces, err = net.Interfaces()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range interfaces {
			if i.Flags&net.FlagLoopback != 0 || i.Flags&net.FlagUp == 0 {
				continue
			}
			d := dump{node: n.Name, iface: i.Name, path: filepath.Join(dir, n.Name+"-"+i.Name+".pcap")}
			d.start(t, session, tcpdump)
			dumps = append(dumps, d)
		}
	}
	run, err := session.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dumps {
		d.stop(t, run)
	}
	return run, dumps
}

func (d *dump) start(t *testing.T, s *live.Session, tcpdump string) {
	t.Helper()
	d.cmd = exec.Command(tcpdump, "-i", d.iface, "-p", "-U", "--immediate-mode", "--time-stamp-precision=nano", "-Z", "root", "-w", d.path)
	said, err := d.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Do(d.node, d.cmd.Start); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil || !strings.Contains(line, "listening on") {
		t.Fatalf("tcpdump: %s, %v", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
}

// stop waits until tcpdump has written the last that the run saw there, and ends
// it.
func (d *dump) stop(t *testing.T, run *trace.Trace) {
	t.Helper()
	var last *trace.Frame
	for i := range run.Frames {
		if f := &run.Frames[i]; f.Node == d.node && f.Interface == d.iface {
			last = f
		}
	}
	written := func() bool {
		return last == nil || slices.ContainsFunc(records(t, d.path), func(r savefile.Record) bool { return bytes.Equal(r.Data, last.Data) })
	}
	for deadline := time.Now().Add(5 * time.Second); !written() && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// judge compares the journeys of captures with those of the live run: by the
// frames, which both have. Each program's socket may stamp a frame for itself, so
// their times are only nearly equal.
func judge(t *testing.T, run *trace.Trace, dumps []dump, r *stitch.Result) {
	t.Helper()
	type place struct {
		node, iface string
		data        string
	}
	type sighting struct {
		journey int
		time    time.Time
	}
	owner := map[place][]sighting{} // of the live journeys
	for i := range run.Journeys {
		j := &run.Journeys[i]
		for k := range j.Hops {
			f := run.Frame(j.Hops[k].Frame)
			at := place{f.Node, f.Interface, string(f.Data)}
			owner[at] = append(owner[at], sighting{j.ID, f.Time})
		}
	}
	files := map[string][]savefile.Record{}
	for _, d := range dumps {
		files[d.node+"/"+d.iface] = records(t, d.path)
	}
	end := run.Frames[len(run.Frames)-1].Time
	known, unknown, aside := 0, 0, 0
	joined := map[int]int{} // live journey → ours
	for i := range r.Journeys {
		j := &r.Journeys[i]
		var could []int // the live journeys that have all of its sightings: several, of equal packets
		for k := range j.Hops {
			h := &j.Hops[k]
			rec := files[h.Place()][h.Frame-1]
			var ids []int
			for _, o := range owner[place{h.Node, h.Interface, string(rec.Data)}] {
				if o.time.Sub(rec.Time).Abs() < time.Millisecond {
					ids = append(ids, o.journey)
				}
			}
			switch {
			case len(ids) > 0:
				known++
			case j.Background(), rec.Time.After(end):
				aside++
				continue
			default:
				unknown++
				t.Logf("not in the run: #%d %s at %s", j.ID, j.Summary, h.Place())
				continue
			}
			both := slices.DeleteFunc(slices.Clone(ids), func(id int) bool { return could != nil && !slices.Contains(could, id) })
			if len(both) == 0 {
				t.Errorf("#%d %s has sightings of the run's #%d and #%d", j.ID, j.Summary, could[0], ids[0])
				both = could
			}
			could = both
		}
		live := 0
		if could != nil {
			live = could[max(0, slices.IndexFunc(could, func(id int) bool { return joined[id] == 0 }))]
			if other := joined[live]; other != 0 {
				t.Errorf("the run's #%d is #%d and #%d", live, other, j.ID)
			}
			joined[live] = j.ID
		}
		compare(t, run, j, live)
	}
	if known == 0 || unknown > 0 {
		t.Errorf("%d sightings known, %d not", known, unknown)
	}
	seen := 0
	for _, list := range files {
		seen += len(list)
	}
	if known+unknown+aside != seen {
		t.Errorf("%d sightings of %d packets captured", known+unknown+aside, seen)
	}
	t.Logf("%d sightings, %d journeys; %d sightings of what nodes sent by themselves, or later", known, len(joined), aside)
}

// compare holds the way of a journey and its addresses against the live run's.
func compare(t *testing.T, run *trace.Trace, j *trace.Journey, id int) {
	t.Helper()
	if id == 0 || j.Background() {
		return
	}
	var got, want []string
	for k := range j.Hops {
		got = append(got, j.Hops[k].Place()+" "+j.Hops[k].Packet.Source()+" "+j.Hops[k].Packet.Destination())
	}
	truth := run.Journey(id)
	for k := range truth.Hops {
		if h := &truth.Hops[k]; h.Interface != "lo" {
			want = append(want, h.Place()+" "+h.Packet.Source()+" "+h.Packet.Destination())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("#%d went by\n  %s\nand not by\n  %s", j.ID, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}
