package live

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tracer/scenarios"
	"tracer/sim/labtest"
	"tracer/trace"
)

// TestMarksThroughNAT: the sightings of a packet have one number, whatever the node does
// to its addresses.
func TestMarksThroughNAT(t *testing.T) {
	for _, c := range []struct {
		name, node string
		scenario   *scenarios.Scenario
		least      int      // packets
		together   []string // places of one packet
	}{
		{"both addresses", "gateway", routedWith(t, bothNAT), 9, []string{"nat PREROUTING", "nat POSTROUTING", "tracer seen-postrouting", "eth0 out"}},
		{"at a bridge port", "host", flaskWith(t, "client", "http://192.168.52.203/", "-t nat -A POSTROUTING -o docker0 -j MASQUERADE"), 9,
			[]string{"nat DOCKER", "nat POSTROUTING", "docker0 out", "veth out"}},
		{"out and in again", "host", flaskWith(t, "flask", "http://172.17.0.1:80/"), 9, []string{"tracer seen-input"}},
		{"loopback", "host", flaskWith(t, "host", "http://127.0.0.1:81/"), 2, []string{"tracer start-output", "lo out", "lo in", "tracer seen-input"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			session := openFor(t, c.scenario, Options{})
			list := sightings(t, session, c.node, func() {
				if _, err := session.Send(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
			places := judgeMarks(t, list)
			if len(places) < c.least {
				t.Errorf("%d packets", len(places))
			}
			found := false
			for _, of := range places {
				found = found || !slices.ContainsFunc(c.together, func(want string) bool {
					return !slices.ContainsFunc(of, func(place string) bool {
						return place == want || want == "veth out" && strings.HasPrefix(place, "veth") && strings.HasSuffix(place, " out") || want == "nat DOCKER" && place == "nat PREROUTING"
					})
				})
			}
			if !found {
				t.Errorf("no packet has %q, only %q", c.together, slices.Collect(maps.Values(places)))
			}
		})
	}
}

// TestMarksOfEqualDatagrams: datagrams that are equal in every byte have different
// numbers, and each number appears at every place on the path.
func TestMarksOfEqualDatagrams(t *testing.T) {
	session := openFor(t, routedWith(t, bothNAT), Options{})
	const count = 10
	list := sightings(t, session, "gateway", func() {
		sendAll(t, session, "10.1.0.1:53", slices.Repeat([][]byte{[]byte("the same")}, count)...)
	})
	places := map[uint32][]string{}
	for i := range list {
		if s := &list[i]; s.mark != 0 && s.ip[9] == unix.IPPROTO_UDP {
			places[s.mark] = append(places[s.mark], s.place)
		}
	}
	if len(places) != count {
		t.Errorf("%d numbers for %d datagrams: %v", len(places), count, places)
	}
	first := 0
	for mark, of := range places {
		for _, place := range []string{"eth0 out", "tracer start-prerouting", "tracer seen-forward", "tracer seen-postrouting"} {
			if n := len(slices.DeleteFunc(slices.Clone(of), func(p string) bool { return p != place })); n != 1 {
				t.Errorf("number %#x is %d times at %s", mark, n, place)
			}
		}
		if slices.Contains(of, "nat POSTROUTING") {
			first++
		}
	}
	if first != 1 {
		t.Errorf("%d packets are translated by the rule", first)
	}
}

// TestMarksOfFragments: outgoing fragments have the number of their datagram, which
// netfilter sees whole.
func TestMarksOfFragments(t *testing.T) {
	session := openFor(t, fragmenting(t), Options{})
	list := sightings(t, session, "gateway", func() {
		sendAll(t, session, "10.1.0.1:53", bytes.Repeat([]byte("fragment"), 400), bytes.Repeat([]byte("FRAGMENT"), 400))
	})
	fragments := map[uint32]int{}
	for mark, of := range judgeMarks(t, list) {
		for _, place := range of {
			if place == "eth0 out" {
				fragments[mark]++
			}
		}
		if !slices.Contains(of, "tracer seen-forward") && !slices.Contains(of, "tracer seen-output") {
			t.Errorf("number %#x: only %v", mark, of)
		}
	}
	two := slices.DeleteFunc(slices.Collect(maps.Values(fragments)), func(n int) bool { return n != 3 })
	if len(two) != 2 {
		t.Errorf("fragments by number: %v", fragments)
	}
}

// TestMarksOfAnswers: a reset or an ICMP error that a node sends because of a packet has a
// number of its own.
func TestMarksOfAnswers(t *testing.T) {
	for _, with := range []string{"tcp-reset", "icmp-port-unreachable"} {
		t.Run(with, func(t *testing.T) {
			s := routedWith(t, " []")
			s.Traffic[0].URL, s.Traffic[0].Timeout = "http://10.2.0.2/", 300*time.Millisecond
			session := openFor(t, s, Options{})
			addRule(t, session, "-A FORWARD -p tcp --dport 80 -j REJECT --reject-with "+with)
			list := sightings(t, session, "gateway", func() {
				if _, err := session.Send(t.Context()); err != nil {
					t.Fatal(err)
				}
			})
			answers := 0
			for _, of := range judgeMarks(t, list) {
				if slices.Contains(of, "eth1 out") {
					if answers++; slices.Contains(of, "filter FORWARD") {
						t.Errorf("the answer has the packet's number: %v", of)
					}
				}
			}
			if answers == 0 {
				t.Error("no answer")
			}
		})
	}
}

// TestMarksOfRetransmissions: a retransmission has a number of its own.
func TestMarksOfRetransmissions(t *testing.T) {
	s := routedWith(t, `
      - "-A FORWARD -p tcp -m tcp --dport 80 -j DROP"`)
	s.Traffic[0].URL, s.Traffic[0].Timeout = "http://10.2.0.2/", 1500*time.Millisecond
	session := openFor(t, s, Options{})
	list := sightings(t, session, "gateway", func() {
		if _, err := session.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	sequences := map[uint32]bool{}
	for i := range list {
		if list[i].ip[9] == unix.IPPROTO_TCP {
			sequences[binary.BigEndian.Uint32(list[i].ip[24:])] = true
		}
	}
	if places := judgeMarks(t, list); len(sequences) != 1 || len(places) < 2 {
		t.Errorf("%d numbers for %d sequence numbers", len(places), len(sequences))
	}
}

// TestReflected: parameters that copy marks to other packets are detected.
func TestReflected(t *testing.T) {
	for _, name := range []string{"fwmark_reflect", "tcp_fwmark_accept"} {
		labtest.Do(t, labtest.Namespace(t), func() error {
			if reflected() {
				t.Errorf("%s: before it is set", name)
			}
			if err := os.WriteFile("/proc/sys/net/ipv4/"+name, []byte("1"), 0); err != nil {
				return err
			}
			if !reflected() {
				t.Errorf("%s: after it is set", name)
			}
			return nil
		})
	}
}

// TestMarksOfLesson: if rules use marks, packets have no numbers, and the marks are the
// lesson's own. conntrack never keeps a number.
func TestMarksOfLesson(t *testing.T) {
	path := labtest.Peer(t, "conntrack")
	for _, c := range []struct {
		name, rule string // at the gateway, added by iptables
		options    Options
		marked     bool
		want       []uint32 // marks of frames out of eth0
	}{
		{"none", "", Options{}, true, nil},
		{"option", "", Options{NoMarks: true}, false, []uint32{0}},
		{"set", "-t mangle -A PREROUTING -j MARK --set-mark 0x7", Options{}, false, []uint32{7}},
		{"saved", "-t mangle -A POSTROUTING -j CONNMARK --save-mark", Options{}, false, []uint32{0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := routedWith(t, bothNAT)
			session := openFor(t, s, c.options)
			if c.rule != "" {
				addRule(t, session, c.rule)
			}
			var state trace.Trace
			list := sightings(t, session, "gateway", func() {
				snapshot, err := session.recorder.snapshot()
				if err != nil {
					t.Fatal(err)
				}
				if snapshot.Marked["gateway"] != c.marked {
					t.Errorf("marked: %v", snapshot.Marked)
				}
				tr, err := session.Send(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				state = *tr
			})
			if len(state.Answers) != 1 || state.Answers[0].Text != "200 Hello" {
				t.Errorf("answers: %v", state.Answers)
			}
			marks := map[uint32]bool{}
			for i := range list {
				if list[i].place == "eth0 out" && list[i].ip[9] == unix.IPPROTO_TCP {
					marks[list[i].mark] = true
				}
			}
			switch got := slices.Sorted(maps.Keys(marks)); {
			case c.marked:
				judgeMarks(t, list)
			case !slices.Equal(got, c.want):
				t.Errorf("marks of frames: %#x", got)
			}
			var listed []byte
			if err := session.Do("gateway", func() (err error) {
				listed, err = exec.Command(path, "-L").Output()
				return err
			}); err != nil || !strings.Contains(string(listed), "mark=0 ") {
				t.Errorf("%v: %s", err, listed)
			}
		})
	}
}
