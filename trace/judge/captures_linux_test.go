package judge

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"tracer/sim/confine"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/savefile"
	"tracer/trace/stitch"
)

// TestCaptures: what a trace made only from captures states about generated networks is true.
// The captures are tcpdump's if it is installed and may run, and otherwise the judge's own.
func TestCaptures(t *testing.T) {
	for _, name := range []string{"ip", "iptables", "iptables-save", "nft"} {
		labtest.Peer(t, name)
	}
	seed, sum := labtest.Seed(t), newTotals()
	for i := range (count() + 1) / 2 {
		n := Generate(seed+uint64(i), lossy())
		t.Run(fmt.Sprint(n.Seed), func(t *testing.T) {
			v, err := judgeCaptures(t, n)
			if err != nil {
				t.Fatalf("%v\n%s", err, n)
			}
			sum.add(t, v)
			if len(v.False) > 0 {
				t.Logf("the network:\n%s", shrunk(t, n, v, func(n *Network) *Verdict {
					v, err := judgeCaptures(t, n)
					if err != nil {
						return &Verdict{}
					}
					return v
				}))
			}
		})
		if (i+1)%100 == 0 {
			t.Logf("%d networks: false %v", i+1, sum.classes)
		}
	}
	sum.log(t)
}

// lossy are the weights of the features in TestCaptures' networks: more of what captures can
// show, and fewer bulk transfers.
func lossy() Weights {
	w := maps.Clone(Everything)
	w[Translations], w[Losses], w[Bulk] = 80, 50, 2
	return w
}

// judgeCaptures captures a network's traffic at all interfaces, and judges the traces made from
// all files and from some.
func judgeCaptures(t *testing.T, n *Network) (*Verdict, error) {
	t.Helper()
	files, e, err := captured(t, n)
	if err != nil {
		return nil, err
	}
	v := judgeFiles(t, files, e)
	inAnyOrder(t, files)
	random := labtest.RandomOf(n.Seed)
	for range 3 {
		random.Shuffle(len(files), func(i, k int) { files[i], files[k] = files[k], files[i] })
		some := files[:1+random.IntN(len(files))]
		part := judgeFiles(t, some, e)
		for i := range part.False {
			part.False[i].Text += fmt.Sprintf("\n  captured at %v", some)
		}
		v.add(part)
	}
	return v, nil
}

// add adds another verdict.
func (v *Verdict) add(o *Verdict) {
	v.False = append(v.False, o.False...)
	for k, n := range o.Stated {
		v.Stated[k] += n
	}
	for k, n := range o.Unknown {
		v.Unknown[k] += n
	}
}

// judgeFiles judges the trace made from capture files.
func judgeFiles(t *testing.T, files []capture, e *Evidence) *Verdict {
	t.Helper()
	tr, err := stitched(t, files).Trace(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tr.Check(); err != nil {
		t.Error(err)
	}
	v := JudgeCaptures(tr, e)
	shown(t, tr, v, e.Restless)
	return v
}

// inAnyOrder checks that the order of the files does not matter.
func inAnyOrder(t *testing.T, files []capture) {
	t.Helper()
	backwards := slices.Clone(files)
	slices.Reverse(backwards)
	a, b := stitched(t, files), stitched(t, backwards)
	if !reflect.DeepEqual(a.Journeys, b.Journeys) || !reflect.DeepEqual(a.Flows, b.Flows) || !reflect.DeepEqual(a.Survey, b.Survey) {
		t.Errorf("the result depends on the order of the files:\n%+v\n%+v", a.Survey, b.Survey)
	}
}

func stitched(t *testing.T, files []capture) *stitch.Result {
	t.Helper()
	var sources []stitch.Source
	for _, f := range files {
		s, file, err := stitch.Open(f.path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = file.Close() }) // it was only read
		s.Name = f.at.String()
		sources = append(sources, s)
	}
	r, err := stitch.Files(t.Context(), sources, stitch.Options{Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range r.Broken {
		t.Error(err)
	}
	return r
}

// capture is an interface's capture file.
type capture struct {
	at   Port
	path string
}

func (c capture) String() string { return c.at.String() }

// captured builds a network, captures its traffic at all interfaces, and takes it down.
func captured(t *testing.T, n *Network) ([]capture, *Evidence, error) {
	t.Helper()
	w, err := Build(n)
	defer w.Close()
	if err != nil {
		return nil, nil, err
	}
	directory := t.TempDir()
	var dumps []*dump
	if exec.Command(tcpdump).Err == nil && confine.Capable() {
		if dumps, err = dumpAll(w, directory); err != nil {
			return nil, nil, err
		}
	}
	defer func() {
		for _, d := range dumps {
			d.kill()
		}
	}()
	o, err := w.Observe()
	if err != nil {
		return nil, nil, err
	}
	err = w.Send()
	if settled := o.Settle(); err == nil {
		err = settled
	}
	end := time.Now() // from here on, the judge stops watching
	e, failed := o.Evidence()
	e.Sightings = slices.DeleteFunc(e.Sightings, func(s Sighting) bool { return s.Time.After(end) })
	if err == nil {
		err = failed
	}
	if err != nil {
		return nil, nil, err
	}
	if dumps == nil {
		files, err := write(e, directory)
		return files, e, err
	}
	var files []capture
	for _, d := range dumps {
		lost, err := d.stop(e, end)
		if err != nil {
			return nil, nil, err
		}
		e.LostOwn = e.LostOwn || lost
		files = append(files, d.capture)
	}
	return files, e, nil
}

// write writes the frames that the judge has seen, one file per interface.
func write(e *Evidence, directory string) (files []capture, err error) {
	writers := map[Port]*savefile.PcapWriter{}
	for i := range e.Sightings {
		s := &e.Sightings[i]
		if s.At.Interface == loopback && s.Out {
			continue
		}
		w := writers[s.At]
		if w == nil {
			c := capture{s.At, filepath.Join(directory, s.At.Node+"-"+s.At.Interface+".pcap")}
			f, err := os.Create(c.path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			if w, err = savefile.NewPcapWriter(f, trace.LinkEthernet); err != nil {
				return nil, err
			}
			writers[s.At] = w
			files = append(files, c)
		}
		if err := w.Write(savefile.Record{Time: s.Time, Data: s.Data, Length: s.Length}); err != nil {
			return nil, err
		}
	}
	for _, w := range writers {
		if err := w.Flush(); err != nil {
			return nil, err
		}
	}
	return files, nil
}
