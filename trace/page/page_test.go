package page

import (
	"bytes"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// recorded returns the trace of a lesson.
func recorded(t testing.TB, name, fault string) *trace.Trace {
	t.Helper()
	r, err := scenarios.Recording(name, fault)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := export.ReadFile(r)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// captured returns a trace made of captures.
func captured(t *testing.T) *trace.Trace {
	t.Helper()
	f, err := os.Open("../../tui/testdata/docker-captures.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr, err := export.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// written returns the page of a trace.
func written(t *testing.T, tr *trace.Trace) string {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, tr, Options{Language: explain.English()}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestSize: the course is small enough to be carried around. The limit is one of the mean, since the
// course grows.
func TestSize(t *testing.T) {
	all := 0
	for _, name := range scenarios.Names() {
		n := len(written(t, recorded(t, name, "")))
		if all += n; name == "flask-demo" && n > 150_000 {
			t.Errorf("the page of %s has %d bytes", name, n)
		}
		t.Log(name, n)
	}
	if mean := all / len(scenarios.Names()); mean > 54_000 {
		t.Errorf("all pages together have %d bytes, %d each", all, mean)
	}
}

// TestHopLimit: IPv6 packets have a hop limit, in each place and in the step that changes it.
func TestHopLimit(t *testing.T) {
	tr, seen := recorded(t, "published-ipv6", ""), map[string]int{}
	for _, article := range every(parsed(t, written(t, tr)), "article") {
		id, _ := strconv.Atoi(attr(article, "data-packet"))
		j := tr.Journey(id)
		if j == nil || len(j.Hops) == 0 || !j.Hops[0].Packet.IsIP() {
			continue
		}
		name, other := "ttl ", "hlim "
		if explain.IsIPv6(j) {
			name, other = other, name
		}
		seen[name]++
		if got := text(article); !strings.Contains(got, name) || strings.Contains(got, other) {
			t.Errorf("#%d: no %q, or %q, in %s", id, name, other, got)
		}
	}
	if len(seen) != 2 {
		t.Errorf("only %v", seen)
	}
}

// TestOrder: the document reads from the story to the answer.
func TestOrder(t *testing.T) {
	var got []string
	for _, s := range every(parsed(t, written(t, recorded(t, "flask-demo", ""))), "section id") {
		got = append(got, attr(s, "id"))
	}
	want := "story question network packets walk details rules connections answers answer"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s, not %s", s, want)
	}
}

// TestCaptures: captures have a page, too, with their survey and without a mask.
func TestCaptures(t *testing.T) {
	doc := parsed(t, written(t, captured(t)))
	if has(every(doc, "body")[0], "data-masked") || !strings.Contains(text(doc), explain.English().Format(explain.LabelSurvey)) || len(every(doc, "article")) == 0 {
		t.Error("the page is not that of captures")
	}
}

// TestParagraphs: an author's lines are joined if they are running text.
func TestParagraphs(t *testing.T) {
	for text, want := range map[string]int{
		recorded(t, "flask-demo", "").Lesson.Question:   0,
		recorded(t, "networks", "").Lesson.Story:        5, // commands
		"one\ntwo\nthree and four":                      2,
		"one two\nthree":                                1,
		"one two\nthree.":                               0,
		"one two\n three":                               1,
		"one two\nthree four five.":                     0,
		"1. one.\n2. two,\n   three.\nThat is all, so.": 2,
		"iptables -A INPUT \\\n  -j DROP":               1,
	} {
		if got := strings.Count(paragraphs(text)[0], "\n"); got != want {
			t.Errorf("%q has %d lines that are kept, not %d", text, got, want)
		}
	}
}

// TestParagraphsOfLessons: in no lesson does a kept line break run through a sentence, and lines of commands
// are kept.
func TestParagraphsOfLessons(t *testing.T) {
	commands := regexp.MustCompile(`^(((iptables|docker|sysctl|ip|nft) .*| .*)(\n|$))+$`)
	check := func(of, s string) {
		list := paragraphs(s)
		for i, p := range strings.Split(strings.TrimSpace(s), "\n\n") {
			lines := strings.Split(list[i], "\n")
			for k, line := range lines[:len(lines)-1] {
				if sentence(list[i]) && !sentence(line) {
					t.Errorf("%s: broken in a sentence: %q", of, lines[k:])
				}
			}
			if commands.MatchString(p) && p != list[i] {
				t.Errorf("%s: the commands %q are %q", of, p, list[i])
			}
		}
	}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range append([]scenarios.Fault{{}}, s.Faults...) {
			l := recorded(t, name, fault.Name).Lesson
			for _, text := range []string{l.Story, l.Question, l.Answer, l.Refutes} {
				check(name+" "+fault.Name, text)
			}
		}
	}
}

// TestFaultHeading: the page of a fault says that there is one, and which only in the answer. The story of the
// lesson comes first.
func TestFaultHeading(t *testing.T) {
	var out bytes.Buffer
	base, with := recorded(t, "flask-demo", ""), recorded(t, "flask-demo", "forward-drop")
	if err := Write(&out, with, Options{Language: explain.English(), Before: base.Lesson.Story}); err != nil {
		t.Fatal(err)
	}
	doc := parsed(t, out.String())
	for _, tag := range []string{"title", "h1"} {
		if got := text(every(doc, tag)[0]); !strings.HasPrefix(got, "flask-demo, with a fault") || strings.Contains(got, "forward-drop") {
			t.Errorf("%s: %q", tag, got)
		}
	}
	for _, n := range every(doc, "section id") {
		switch got := text(n); attr(n, "id") {
		case "story":
			if first, then := strings.Index(got, "docker run"), strings.Index(got, "iptables -D"); first < 0 || then < first {
				t.Errorf("story: %q", got)
			}
		case "answer":
			if !strings.Contains(got, "fault forward-drop") {
				t.Errorf("answer: %q", got)
			}
		default:
			if strings.Contains(got, "forward-drop") {
				t.Errorf("%s names the fault", attr(n, "id"))
			}
		}
	}
}
