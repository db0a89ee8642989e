package tui

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// faulty returns the recording of a scenario with a fault, or without any ("").
func faulty(t testing.TB, name, fault string) *trace.Trace {
	t.Helper()
	in, err := scenarios.Recording(name, fault)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := export.ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// faultsOf returns the faults of a scenario.
func faultsOf(t testing.TB, name string) (list []Fault) {
	t.Helper()
	s, err := scenarios.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range s.Faults {
		list = append(list, Fault{f.Name, f.Title})
	}
	return list
}

// choosing returns a walk through flask-demo with its faults. err is what applying a fault
// fails with.
func choosing(t *testing.T, w, h int, err *error) *model {
	o := Options{Faults: faultsOf(t, "flask-demo"), ctx: t.Context(), beside: new(sync.WaitGroup), progress: func(string) {}}
	o.With = func(_ context.Context, fault string, progress func(string)) (*trace.Trace, error) {
		progress("building")
		if *err != nil {
			return nil, *err
		}
		return faulty(t, "flask-demo", fault), nil
	}
	return opened(lesson(t, "flask-demo"), w, h, o)
}

// TestFaults: a fault is chosen from a list of titles. The walk goes on until its trace is
// there, and then stays at the packet of the same name, or else starts over.
func TestFaults(t *testing.T) {
	var err error
	m := choosing(t, 100, 30, &err)
	at := func() string { n := m.recorded.Names()[m.packet().ID]; return n.Summary + " from " + n.From }
	pick := func(keys ...string) (page string) {
		t.Helper()
		asked := m.recorded.Lesson
		press(m, "f")
		if m.choice == nil {
			t.Fatalf("no list:\n%s", shown(m))
		}
		press(m, keys...)
		_, load := m.Update(pressed("enter"))
		if load == nil || m.choice != nil {
			t.Fatalf("nothing is loaded:\n%s", shown(m))
		}
		if !strings.Contains(shown(m), "loading …") {
			t.Errorf("nothing is said:\n%s", shown(m))
		}
		m.Update(progressMsg("building the network"))
		if !strings.Contains(shown(m), "building the network …") {
			t.Errorf("no progress:\n%s", shown(m))
		}
		if press(m, "f", "right", "left"); m.choice != nil {
			t.Error("a second fault can be chosen meanwhile")
		}
		m.Update(load())
		page = shown(m)
		if l := m.recorded.Lesson; (m.page == pageStory) != (l.Story != asked.Story || l.Question != asked.Question) {
			t.Errorf("a question of its own is not asked, or another one is:\n%s", page)
		}
		m.page = pageNone
		return page
	}

	press(m, "f")
	for _, f := range m.options.Faults {
		if s := shown(m); !strings.Contains(s, f.Title) || strings.Contains(s, f.Name) {
			t.Errorf("%s is not in the list, or its name is:\n%s", f.Title, s)
		}
	}
	press(m, "esc")

	press(m, "g", "6", "enter", "right", "right")
	if at() != "TCP SYN-ACK from flask" {
		t.Fatalf("at %s", at())
	}
	pick("down", "down", "down") // a packet that arrives with this fault, too
	if got := m.recorded.Lesson.Fault; got != "input-drop" || at() != "TCP SYN-ACK from flask" || m.at.stop != 0 {
		t.Errorf("fault %q at %s, stop %d:\n%s", got, at(), m.at.stop, shown(m))
	}
	if page := pick("up", "up"); !strings.Contains(page, "question") {
		t.Errorf("not the page of the fault:\n%s", page)
	}
	if got := m.recorded.Lesson.Fault; got != "forward-drop" || m.at != m.begin() || at() != "TCP SYN from client" {
		t.Errorf("fault %q at %s", got, at())
	}
	if !strings.Contains(shown(m), "now with a fault: A rule in filter DOCKER is deleted") {
		t.Errorf("%q", m.note)
	}
	before := m.recorded
	err = errors.New("there is no room")
	pick("up")
	if m.recorded != before || !strings.Contains(shown(m), "failed: there is no room") {
		t.Errorf("%q", m.note)
	}
	err = nil
	pick("up")
	if m.recorded.Lesson.Fault != "" || at() != "TCP SYN from client" {
		t.Errorf("fault %q at %s", m.recorded.Lesson.Fault, at())
	}
}

// TestFaultsMasked: the list marks the fault of the trace only when the whole trace is shown
// or the user has chosen it, and it fits every screen.
func TestFaultsMasked(t *testing.T) {
	var err error
	marked := func(m *model) string {
		press(m, "f")
		defer press(m, "esc")
		for line := range strings.Lines(shown(m)) {
			if _, title, ok := strings.Cut(line, m.here); ok {
				return strings.TrimSpace(title)
			}
		}
		return ""
	}
	m := opened(faulty(t, "flask-demo", "forward-drop"), 80, 24, choosing(t, 80, 24, &err).options)
	if got := marked(m); got != "" {
		t.Errorf("it is given away: %s", got)
	}
	press(m, "u")
	if got := marked(m); got != m.options.Faults[0].Title {
		t.Errorf("%q is marked", got)
	}
	press(m, "u")
	m.faulted(faultMsg{m.options.Faults[2], faulty(t, "flask-demo", "input-drop"), nil})
	m.page = pageNone
	if got := marked(m); got != m.options.Faults[2].Title {
		t.Errorf("%q is marked", got)
	}
	m.faulted(faultMsg{Fault{}, lesson(t, "flask-demo"), nil})
	m.page = pageNone
	if got := marked(m); got != "no fault" {
		t.Errorf("%q is marked", got)
	}
	m.faulted(faultMsg{Fault{}, lesson(t, "flask-demo"), errors.New("the former network remains")})
	if !strings.Contains(shown(m), "failed: the former network remains") {
		t.Errorf("the failure is not shown:\n%s", shown(m))
	}
	for _, size := range [][2]int{{60, 16}, {80, 24}, {200, 50}} {
		m := choosing(t, size[0], size[1], &err)
		for range 30 {
			m.options.Faults = append(m.options.Faults, Fault{"long", strings.Repeat("long ", 50)})
		}
		press(m, "f")
		for range 40 {
			within(t, "f", m.draw(), size[0], size[1])
			press(m, "down")
		}
		if m.choice.at != len(m.options.Faults) {
			t.Errorf("at line %d", m.choice.at)
		}
	}
}

// TestNoFaults: a trace without faults to choose from says so.
func TestNoFaults(t *testing.T) {
	m := opened(recorded(t, "flask-demo"), 80, 24, Options{})
	if press(m, "f"); m.choice != nil || m.note != explain.English().Format(explain.LabelNoFaults) {
		t.Errorf("%q", m.note)
	}
}
