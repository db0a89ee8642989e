package judge

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/sim/confine"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/savefile"
	"tracer/trace/stitch"
)

// TestCaptures: what is stated about generated networks from captures alone is true. The
// captures are tcpdump's where it is installed and may run, and else the judge's own.
func TestCaptures(t *testing.T) {
	for _, name := range []string{"ip", "iptables", "iptables-save", "nft"} {
		labtest.Peer(t, name)
	}
	seed, sum := labtest.Seed(t), newTotals()
	for i := range (*networks + 1) / 2 {
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

// lossy are the features from which TestCaptures makes its networks: more of what captures
// can show, and fewer large pages.
func lossy() Weights {
	w := maps.Clone(Everything)
	w[Translations], w[Losses], w[Bulk] = 80, 50, 2
	return w
}

// judgeCaptures captures a network's traffic at all interfaces, and judges what is stated
// from all of the files, and from some.
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

// judgeFiles judges what capture files show.
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
		t.Cleanup(func() { _ = file.Close() }) // it was only read from
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

// capture is the file of an interface.
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

// write writes the frames that the judge has seen, a file for each interface.
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

// dump is a tcpdump at an interface.
type dump struct {
	capture
	cmd    *exec.Cmd
	said   *bufio.Reader
	killed bool
}

// tcpdump needs no installation: without it, the judge's own frames are used.
const tcpdump = "tcpdump"

// snapLength is the length to which tcpdump cuts frames: only those of lo are longer.
const snapLength = 2000

// dumpAll starts tcpdump at all interfaces of a network. In every other network, it makes
// them promiscuous, which a bridge notices.
func dumpAll(w *World, directory string) (dumps []*dump, err error) {
	for _, n := range w.Network.Nodes {
		err := w.Do(n.Name, func() error {
			list, err := net.Interfaces()
			if err != nil {
				return err
			}
			for _, i := range list {
				d := &dump{capture: capture{Port{n.Name, i.Name}, filepath.Join(directory, n.Name+"-"+i.Name+".pcap")}}
				args := []string{"-i", i.Name, "-U", "--immediate-mode", "-s", fmt.Sprint(snapLength), "-B", "4096", "-Z", "root", "-w", d.path}
				if w.Network.Seed%2 == 1 {
					args = append(args, "-p")
				}
				d.cmd = exec.Command(tcpdump, args...)
				said, err := d.cmd.StderrPipe()
				if err == nil {
					err = d.cmd.Start()
				}
				if err != nil {
					return err
				}
				d.said = bufio.NewReader(said)
				dumps = append(dumps, d)
			}
			return nil
		})
		if err != nil {
			return dumps, err
		}
	}
	for _, d := range dumps {
		line, err := d.said.ReadString('\n')
		if err != nil || !strings.Contains(line, "listening on") {
			return dumps, fmt.Errorf("tcpdump at %s: %s (%v)", d.at, strings.TrimSpace(line), err)
		}
	}
	return dumps, nil
}

// stop ends a capture, once it has the last frame that the judge has seen, cuts off what came
// after the end, and reports whether it has missed some.
func (d *dump) stop(e *Evidence, end time.Time) (lost bool, err error) {
	var last time.Time
	for i := range e.Sightings {
		if s := &e.Sightings[i]; s.At == d.at && (s.At.Interface != loopback || !s.Out) {
			last = s.Time.Truncate(time.Microsecond)
		}
	}
	for limit := time.Now().Add(2 * time.Second); time.Now().Before(limit); time.Sleep(2 * time.Millisecond) {
		if _, newest, err := d.until(last); err != nil || !newest.Before(last) {
			break
		}
	}
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		return false, err
	}
	said, _ := io.ReadAll(d.said) // until it ends
	d.killed = true
	if err := d.cmd.Wait(); err != nil {
		return false, fmt.Errorf("tcpdump at %s: %w: %s", d.at, err, said)
	}
	lost = !strings.Contains("\n"+string(said), "\n0 packets dropped by kernel")
	size, _, err := d.until(end)
	if err == nil {
		err = os.Truncate(d.path, size)
	}
	return lost, err
}

// until returns how much of a file is from before a time, or of it, and its newest time.
func (d *dump) until(end time.Time) (size int64, newest time.Time, err error) {
	const header, record = 24, 16 // lengths
	data, err := os.ReadFile(d.path)
	size = min(header, int64(len(data)))
	for at := header; at+record <= len(data); {
		number := func(i int) int64 { return int64(binary.NativeEndian.Uint32(data[at+4*i:])) }
		next := at + record + int(number(2))
		if next > len(data) {
			break
		}
		if newest = time.Unix(number(0), number(1)*1000); !newest.After(end) {
			size = int64(next)
		}
		at = next
	}
	return size, newest, err
}

// kill ends a capture that was not stopped.
func (d *dump) kill() {
	if !d.killed {
		_ = d.cmd.Process.Kill() // it may have ended
		_ = d.cmd.Wait()
	}
}
