package stitch_test

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"tracer/sim/confine"
	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/savefile"
	"tracer/trace/stitch"
)

// TestLabs judges the findings in captures of small networks by the unique tags that their
// datagrams carry. Programs know which of them they received.
func TestLabs(t *testing.T) {
	tcpdump := labtest.Peer(t, "tcpdump")
	for _, p := range []string{"ip", "iptables", "sysctl"} {
		labtest.Peer(t, p)
	}
	if !confine.Capable() {
		t.Skip("tcpdump needs root")
	}
	seed, claims := labtest.Seed(t), 0
	for n := range uint64(4) {
		t.Run(fmt.Sprint(seed+n), func(t *testing.T) {
			random := labtest.RandomOf(seed + n)
			l := newNatLab(t)
			t.Log(l.publish(random))
			l.serve("c1", ":5000")
			l.listen("c1", ":5000", func(c net.Conn) { _, _ = io.Copy(c, c) })
			l.listen("host", ":81", func(c net.Conn) { l.relay(c, "172.17.0.2:5000") })
			l.capture(tcpdump)
			asks := []struct{ node, to, kind string }{
				{"lan", "192.168.52.203:80", "a"}, {"c2", "192.168.52.203:80", "a"}, {"c1", "192.168.52.203:80", "a"},
				{"host", "127.0.0.1:80", "a"}, {"host", "192.168.52.203:80", "a"}, {"c2", "172.17.0.2:5000", "a"},
				{"lan", "192.168.52.203:80", "aq"}, {"c2", "192.168.52.203:80", "aq"}, {"c2", "172.17.0.2:5000", "aq"}, {"host", "172.17.0.2:5000", "aq"},
			}
			random.Shuffle(len(asks), func(i, k int) { asks[i], asks[k] = asks[k], asks[i] })
			stream := []struct{ node, to string }{
				{"lan", "192.168.52.203:80"}, {"c2", "192.168.52.203:80"}, {"c1", "192.168.52.203:80"}, {"host", "127.0.0.1:80"},
				{"c2", "172.17.0.2:5000"}, {"host", "172.17.0.2:5000"}, {"c2", "192.168.52.203:81"}, {"lan", "192.168.52.203:81"},
			}
			for _, a := range stream {
				l.connect(random, a.node, a.to)
			}
			l.send("host", "172.17.0.3:7", "hello") // so that the bridge's interface shows where it is
			for range 2 {                           // the second time, long enough after for an answer to the first
				for _, a := range asks {
					l.ask(random, a.node, a.to, a.kind, 12)
				}
				time.Sleep(1100 * time.Millisecond)
			}
			sources := l.stop()
			claims += l.judge(t, sources, true)
			for range 12 { // captures at some points only
				some := append([]stitch.Source(nil), sources...)
				random.Shuffle(len(some), func(i, k int) { some[i], some[k] = some[k], some[i] })
				l.judge(t, some[:2+random.IntN(len(some)-2)], false)
			}
		})
	}
	if claims == 0 {
		t.Error("no loss was found at all")
	}
	t.Logf("%d losses were found", claims)
}

// judge checks the journeys, and returns how many are reported lost.
func (l *natLab) judge(t *testing.T, sources []stitch.Source, all bool) (lost int) {
	t.Helper()
	arrived := map[string]bool{} // by point and identity
	for _, d := range l.dumps {
		for _, r := range records(t, d.path) {
			arrived[d.node+"/"+d.iface+" "+identity(r.Data)] = true
		}
	}
	r, err := stitch.Files(t.Context(), sources, stitch.Options{Limit: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Survey.Points {
		if p.Clock != 0 {
			t.Errorf("one machine has one clock, and that of %s/%s was corrected by %v ± %v", p.Node, p.Interface, p.Clock, p.Tolerance)
		}
	}
	files := map[string][]savefile.Record{}
	var names []string
	for _, s := range sources {
		files[s.Name] = records(t, s.Label)
		names = append(names, s.Name)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	owner, bad := map[string]int{}, 0
	for i := range r.Journeys {
		j := &r.Journeys[i]
		tag, wrong := l.one(j, files)
		if tag == "" {
			continue
		}
		if other, twice := owner[tag]; twice && all {
			wrong = append(wrong, fmt.Sprintf("is also #%d", other))
		}
		owner[tag] = j.ID
		if j.Outcome.Lost() {
			if lost++; l.received[tag[:min(len(tag), tagLength)]] || arrived[j.Outcome.Others.String()+" "+tag] {
				wrong = append(wrong, fmt.Sprintf("arrived, and is said to be lost: %+v", j.Outcome))
			}
		}
		if first := j.Hops[0]; all && r.Survey.Last.Sub(first.Time) < 2*time.Second && first.Node == "c2" && first.Packet.Dst.String() == "172.17.0.2:5000" && strings.Contains(way(&trace.Journey{Hops: j.Path()}), "br0") {
			wrong = append(wrong, "what is bridged does not pass the bridge's own interface")
		}
		if wrong = append(wrong, order(j)...); len(wrong) > 0 && bad < 4 {
			bad++
			t.Errorf("captures %v: #%d %s %s: %s\n%s", names, j.ID, j.Summary, tag, strings.Join(wrong, "; "), way(j))
		}
	}
	return lost
}

var tagged = regexp.MustCompile(`[aqr]0[0-9]{10}`)

// identity returns what identifies a packet, whatever NAT does to it: a datagram's tag with
// the fragment's offset and length, or a segment's identification, sequence numbers, flags
// and length. It is empty if nothing does.
func identity(data []byte) string {
	const ip, tcp = 14, 34
	if tag := tagged.Find(data); tag != nil && data[12] == 8 {
		return fmt.Sprintf("%s %x %x", tag, binary.BigEndian.Uint16(data[ip+6:])&0x1fff, data[ip+2:ip+4])
	}
	if len(data) < tcp+14 || data[12] != 8 || data[ip+9] != 6 || data[ip+4] == 0 && data[ip+5] == 0 {
		return ""
	}
	return fmt.Sprintf("%x %x %x %x", data[ip+2:ip+6], data[tcp+4:tcp+8], data[tcp+8:tcp+12], data[tcp+13])
}

// one returns the identity of a journey's packet, and what is wrong if not all of its
// frames have it.
func (l *natLab) one(j *trace.Journey, files map[string][]savefile.Record) (tag string, wrong []string) {
	for k := range j.Hops {
		h := &j.Hops[k]
		data := files[h.Place()][h.Frame-1].Data
		if j.Hops[0].Packet.ICMP.Quoted != nil {
			return "", nil
		}
		got := identity(data)
		if k == 0 {
			tag = got
		} else if got != tag {
			wrong = append(wrong, fmt.Sprintf("hop %d is of %s", k+1, got))
		}
		if k > 0 && h.Identity != trace.IdentityHeaders {
			wrong = append(wrong, fmt.Sprintf("hop %d has identity %v", k+1, h.Identity))
		}
		if len(h.Ambiguous) > 0 && tag != "" {
			wrong = append(wrong, fmt.Sprintf("hop %d is ambiguous: %v", k+1, h.Ambiguous))
		}
	}
	return tag, wrong
}

// order checks that a packet's path does not go back in time, and that addresses are
// translated at most once each.
func order(j *trace.Journey) (wrong []string) {
	changed := map[trace.Field]int{}
	for k := range j.Hops {
		h := &j.Hops[k]
		if h.Copy {
			break
		}
		if k > 0 && h.Time.Before(j.Hops[k-1].Time.Add(-2*time.Microsecond)) {
			wrong = append(wrong, fmt.Sprintf("hop %d goes back in time", k+1))
		}
		for _, c := range h.Changes {
			if changed[c.Field]++; c.Field.Translated() && changed[c.Field] > 1 {
				wrong = append(wrong, fmt.Sprintf("%v is translated twice", c.Field))
			}
		}
	}
	return wrong
}

func way(j *trace.Journey) string {
	var b strings.Builder
	for k := range j.Hops {
		h := &j.Hops[k]
		fmt.Fprintf(&b, "  %s %s %v→%v ttl %d", h.Time.Format("05.000000"), h.Place(), h.Packet.Src, h.Packet.Dst, h.Packet.TTL)
		if h.Copy {
			b.WriteString(" (copy)")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
