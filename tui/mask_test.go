package tui

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
)

// lesson returns the recording of a scenario.
func lesson(t testing.TB, name string) *trace.Trace { t.Helper(); return faulty(t, name, "") }

// TestMask: what is drawn at a step is a function of the trace up to it. At every packet and
// stop of every lesson and its faults, the screen is the same after the future was replaced,
// with the pane of what happened and with each of the others in turn.
func TestMask(t *testing.T) {
	lessons := map[string]*trace.Trace{}
	for _, name := range scenarios.Names() {
		lessons[name] = lesson(t, name)
		for _, f := range faultsOf(t, name) {
			lessons[name+"@"+f.Name] = faulty(t, name, f.Name)
		}
	}
	for name, whole := range lessons {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range [][2]int{{80, 24}, {120, 30}} {
				m := opened(whole, size[0], size[1], Options{})
				for _, j := range whole.Journeys {
					if j.Background() {
						continue
					}
					for stop := range len(j.Hops) + 1 {
						p := place{j.ID, stop, (j.ID + stop) % len(explain.Moments(&j, stop))}
						if p.packet == lastNumber(whole) && stop == len(j.Hops) {
							continue // the end of the walk
						}
						other := opened(replaced(whole, p), size[0], size[1], Options{})
						other.netmap, other.carried = m.netmap, m.carried // it is of the network, and does not move
						m.staged, other.staged = true, true
						if got, want := drawnAt(other, p, paneChanges), drawnAt(m, p, paneChanges); got != want {
							t.Fatalf("%v, %+v, stage: the future shows:\n%s\n%s", size, p, ansi.Strip(want), ansi.Strip(got))
						}
						m.staged, other.staged = false, false
						panes := m.offered()
						for _, pane := range []pane{paneChanges, panes[(j.ID+2*stop)%len(panes)]} {
							got, want := drawnAt(other, p, pane), drawnAt(m, p, pane)
							if got != want {
								t.Fatalf("%v, %+v, pane %d: the future shows:\n%s\n%s", size, p, pane, ansi.Strip(want), ansi.Strip(got))
							}
						}
					}
				}
			}
		})
	}
}

// drawnAt returns the screen at a place.
func drawnAt(m *model, p place, of pane) string {
	m.opened, m.at, m.scroll = map[int]bool{}, cursor{}, 0
	m.list.opened = m.opened
	at := m.list.exactly(p.packet)
	m.open(at)
	m.at, m.pane = cursor{at, p.stop, p.moment}, of
	m.look()
	return m.draw()
}

// replaced returns a trace that is the same up to a place. After it, the packet is lost, and
// others follow; all counters, connections and answers are other ones.
func replaced(t *trace.Trace, p place) *trace.Trace {
	out := *t
	at := slices.IndexFunc(t.Journeys, func(j trace.Journey) bool { return j.ID == p.packet })
	out.Journeys = slices.Clone(t.Journeys[:at+1])
	j := &out.Journeys[at]
	moments := explain.Moments(j, p.stop)
	ended := p.stop == len(j.Hops) && p.moment == len(moments)-1
	if !ended {
		j.Outcome = trace.Outcome{Kind: trace.OutcomeDropped, Node: "elsewhere", Reason: trace.ReasonTTL, Hooks: j.Outcome.Hooks, Steps: j.Outcome.Steps, Changes: j.Outcome.Changes, Conntrack: j.Outcome.Conntrack}
		if p.stop == len(j.Hops) {
			j.Outcome.Node = t.Journeys[at].Outcome.Node // it is there already
		}
		j.Hops = slices.Clone(j.Hops[:min(p.stop+1, len(j.Hops))])
		if p.stop < len(j.Hops) && p.moment < len(moments)-1 {
			h := &j.Hops[p.stop]
			h.Interface, h.Time = "elsewhere", h.Time.Add(12345)
		}
	}
	last := 0
	for i := range out.Journeys {
		j := &out.Journeys[i]
		last = max(last, j.ID)
		if r := j.Outcome.ReportedBy; r > p.packet {
			j.Outcome.ReportedBy = r + 100
		}
	}
	for range 3 {
		last++
		other := t.Journeys[at]
		other.ID, other.Summary, other.Outcome.Reason = last, "another packet", trace.ReasonPolicy
		out.Journeys = append(out.Journeys, other)
	}
	out.Flows = slices.Clone(t.Flows)
	for i := range out.Flows {
		f := &out.Flows[i]
		f.NAT, f.Entry.Text, f.Entry.State, f.Entry.Destroyed = []trace.Translation{trace.Netmap}, "another entry", trace.Close, true
	}
	out.Answers = slices.Clone(t.Answers)
	request := 0
	for i := range out.Journeys[:at+1] {
		request = max(request, out.Journeys[i].Request)
	}
	for i := max(0, request-1); i < len(out.Answers); i++ {
		out.Answers[i].Text, out.Answers[i].Replies = "another answer", []trace.EchoReply{{Sequence: 99}}
	}
	for i := range out.State.Nodes {
		out.State.Nodes = slices.Clone(out.State.Nodes)
		n := &out.State.Nodes[i]
		n.Rules = slices.Clone(n.Rules)
		for k := range n.Rules {
			n.Rules[k].Chains = slices.Clone(n.Rules[k].Chains)
			for c := range n.Rules[k].Chains {
				chain := &n.Rules[k].Chains[c]
				chain.Rules = slices.Clone(chain.Rules)
				for r := range chain.Rules {
					if n.Rules[k].Counts(&chain.Rules[r]) { // whether a rule counts is known from the beginning
						chain.Rules[r].Packets += 1000
					}
				}
			}
		}
	}
	if t.Lesson != nil {
		l := *t.Lesson
		l.Answer, l.Fault, l.FaultTitle = "another answer", "other", "another fault"
		l.Focus = []trace.Focus{{Journey: last, Kind: trace.FocusSeen}}
		out.Lesson = &l
	}
	return &out
}

// TestNoMask: without the mask, the screen shows what is still to come; the key u and the
// option are the same.
func TestNoMask(t *testing.T) {
	tr := lesson(t, "flask-demo")
	masked, open := opened(tr, 120, 30, Options{}), opened(tr, 120, 30, Options{NoMask: true})
	if shown(masked) == shown(open) {
		t.Error("nothing is masked")
	}
	for _, late := range []string{"#14", "delivered to flask"} {
		if strings.Contains(shown(masked), late) || !strings.Contains(shown(open), late) {
			t.Errorf("%q:\n%s\n%s", late, shown(masked), shown(open))
		}
	}
	press(masked, "u")
	masked.note = ""
	if shown(masked) != shown(open) {
		t.Errorf("u:\n%s\nand not\n%s", shown(masked), shown(open))
	}
	captures := opened(recorded(t, "docker-captures"), 120, 30, Options{})
	press(captures, "u")
	if captures.masked || !strings.Contains(shown(captures), "captures are always shown whole") {
		t.Errorf("captures are masked:\n%s", shown(captures))
	}
}

// TestPages: the walk opens with the story and the question. The answer appears on request
// only, and the walk offers it at its end.
func TestPages(t *testing.T) {
	for _, name := range scenarios.Names() {
		tr := lesson(t, name)
		for _, size := range [][2]int{{60, 16}, {80, 24}, {200, 50}} {
			m := newModel(tr, Options{Language: explain.English()})
			m.width, m.height = size[0], size[1]
			m.arrange()
			words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
			all := func() string { // of all screens of a page
				s := words(shown(m))
				for m.view.below > 0 {
					press(m, "pgdown")
					s += " " + words(shown(m))
				}
				return s
			}
			sentence := func(s string) string {
				s, _, _ = strings.Cut(strings.TrimPrefix(words(s), "1. "), ". ")
				return s[:min(len(s), 40)]
			}
			opening := all()
			if !strings.Contains(opening, sentence(tr.Lesson.Story)) || !strings.Contains(opening, sentence(tr.Lesson.Question)) {
				t.Errorf("%s at %v: the walk opens with\n%s", name, size, opening)
			}
			if strings.Contains(opening, sentence(tr.Lesson.Answer)) {
				t.Errorf("%s: the answer is given away:\n%s", name, opening)
			}
			within(t, name, m.draw(), size[0], size[1])
			press(m, "right", "A")
			if answer := all(); !strings.Contains(answer, sentence(tr.Lesson.Answer)) {
				t.Errorf("%s at %v: asked for the answer, it says\n%s", name, size, answer)
			}
			within(t, name, m.draw(), size[0], size[1])
			press(m, "q") // closes the page
			if m.page != pageNone || strings.Contains(shown(m), "A show the answer") {
				t.Errorf("%s: the answer is offered too early:\n%s", name, shown(m))
			}
			if press(m, ">", "end"); !strings.Contains(shown(m), "A show the answer") {
				t.Errorf("%s at %v: the answer is not offered at the end:\n%s", name, size, shown(m))
			}
		}
	}
	m := newModel(lesson(t, "flask-demo"), Options{Language: explain.English(), NoMask: true})
	if m.page != pageNone {
		t.Error("the story opens a walk without a mask")
	}
}

// TestRequests: the list heads packets with their requests, and shows commands at their time.
func TestRequests(t *testing.T) {
	m := opened(lesson(t, "flush-nat"), 120, 30, Options{})
	press(m, ">", "end")
	screen := shown(m)
	at := 0
	for _, want := range []string{"1  client → udp", "UDP (5 bytes)", "2  host runs iptables -t nat -F", "3  client → udp", "UDP (6 bytes)", "4  client → udp", "UDP (7 bytes)"} {
		i := strings.Index(screen[at:], want)
		if i < 0 {
			t.Fatalf("no %q after what comes before it in\n%s", want, screen)
		}
		at += i
	}
	m = opened(lesson(t, "flush-nat"), 120, 30, Options{})
	press(m, "<")
	if screen := shown(m); strings.Contains(screen, "2  host runs") || strings.Contains(screen, "3  client") {
		t.Errorf("later requests are listed:\n%s", screen)
	}
}

// TestRetransmission: a retransmitted segment is marked with the packet that it repeats.
func TestRetransmission(t *testing.T) {
	tr := lesson(t, "no-default-route")
	repeats := tr.Retransmissions()
	found := false
	for _, name := range scenarios.Names() {
		if tr = lesson(t, name); len(tr.Retransmissions()) > 0 {
			repeats, found = tr.Retransmissions(), true
			break
		}
	}
	if !found {
		t.Fatal("no recording has a retransmission")
	}
	m := opened(tr, 120, 30, Options{})
	for id, of := range repeats {
		m.filter(fmt.Sprintf("#%d", id))
		press(m, strings.Split(fmt.Sprintf("g %s enter", strings.Join(strings.Split(fmt.Sprint(id), ""), " ")), " ")...)
		for _, want := range []string{fmt.Sprintf("↻#%d", of), fmt.Sprintf("retransmission of #%d", of)} {
			if !strings.Contains(shown(m), want) {
				t.Errorf("no %q in\n%s", want, shown(m))
			}
		}
	}
}

// TestASCIIPages: pages draw no other characters where only ASCII is allowed.
func TestASCIIPages(t *testing.T) {
	for _, name := range scenarios.Names() {
		m := newModel(lesson(t, name), Options{Language: explain.English(), ASCII: true})
		m.width, m.height = 80, 24
		m.arrange()
		if i := bytes.IndexFunc([]byte(m.draw()), func(r rune) bool { return r > '~' }); i >= 0 {
			t.Errorf("%s: not ASCII at %d", name, i)
		}
	}
}

// TestNotYet: what is not known yet is not denied.
func TestNotYet(t *testing.T) {
	m := opened(lesson(t, "flask-demo"), 120, 30, Options{})
	press(m, "g", "3", "enter", "tab", "tab") // conntrack
	if screen := shown(m); !strings.Contains(screen, "no conntrack entry so far") || strings.Contains(screen, "capture complete") {
		t.Errorf("at the first interface:\n%s", screen)
	}
	press(m, "]", "right", "right") // prerouting, and a new entry
	if screen := shown(m); !strings.Contains(screen, "not translated so far") {
		t.Errorf("before DNAT:\n%s", screen)
	}
	press(m, "n")
	if screen := shown(m); !strings.Contains(screen, "translated: DNAT") {
		t.Errorf("after DNAT:\n%s", screen)
	}
	press(m, ">", "end")
	if screen := shown(m); !strings.Contains(screen, "capture complete") {
		t.Errorf("at the end:\n%s", screen)
	}
}
