package export

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/filter"
)

// brief returns the brief view of a scenario's recording.
func brief(t *testing.T, name string, o TextOptions) (*trace.Trace, string) {
	t.Helper()
	in, err := scenarios.Recording(name, "")
	if err != nil {
		t.Fatal(err)
	}
	tr, err := ReadFile(in)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	o.Language = explain.English()
	if err := Brief(&b, tr, o); err != nil {
		t.Fatal(err)
	}
	return tr, ansi.Strip(b.String())
}

// TestBrief checks the brief view of a rewrite and its reverse, a dropped packet, captures
// made with other programs, and several requests.
func TestBrief(t *testing.T) {
	write := func(tr *trace.Trace, o TextOptions) string {
		var b bytes.Buffer
		o.Language = explain.English()
		if err := Brief(&b, tr, o); err != nil {
			t.Fatal(err)
		}
		return ansi.Strip(b.String())
	}
	for _, name := range []string{"flask-demo", "unpublished", "docker-captures"} {
		text, err := os.Open(filepath.Join("..", "..", "tui", "testdata", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		tr, err := Read(text)
		text.Close()
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "brief-"+name+".txt", write(tr, TextOptions{}))
		if got := write(tr, TextOptions{ASCII: true}); strings.IndexFunc(got, func(r rune) bool { return r > '~' }) >= 0 {
			t.Errorf("not ASCII: %q", got)
		}
	}
	tr := sample()
	tr.Lesson = &trace.Lesson{Story: "A client connects.", Question: "Who translates the reply?", Answer: "conntrack.", Refutes: "MASQUERADE does."}
	tr.Answers = append(tr.Answers, trace.Answer{From: "host", URL: "iptables -t nat -F", Text: "done", Command: true})
	tr.Journeys[0].Request = 1
	golden(t, "brief-requests.txt", write(tr, TextOptions{Answer: true}))
	_, got := brief(t, "flask-demo", TextOptions{})
	if n := strings.Count(got, "\n"); n < 24 || n > 40 {
		t.Errorf("flask-demo takes %d lines, not one screen", n)
	}
}

// TestBriefComplete: the brief view of every lesson fits 80 columns, has the question and all
// answers, names every packet that did not get through and every rule that changed one, and
// accounts for every packet but those of ARP and neighbor discovery.
func TestBriefComplete(t *testing.T) {
	for _, name := range scenarios.Names() {
		for _, width := range []int{0, 60, 200} {
			tr, got := brief(t, name, TextOptions{Width: width})
			for line := range strings.Lines(got) {
				if n := lipgloss.Width(strings.TrimSuffix(line, "\n")); n > briefWidth || width == 60 && n > 60 {
					t.Errorf("%s: %d cells: %q", name, n, line)
				}
			}
			words := strings.Join(strings.Fields(got), " ")
			has := func(what string) {
				if what = strings.Join(strings.Fields(what), " "); !strings.Contains(words, what) {
					t.Errorf("%s at %d: no %q in\n%s", name, width, what, got)
				}
			}
			account := explain.English().Account(tr, explain.NewSigns(false))
			repeats := tr.Retransmissions()
			for _, a := range tr.Answers {
				has(account.Answer(a))
			}
			numbered := 0
			for i := range tr.Journeys {
				j := &tr.Journeys[i]
				if j.Background() || len(j.Hops) > 0 && j.Hops[0].Packet.Resolves() {
					continue
				}
				numbered++
				if j.Outcome.Lost() && repeats[j.ID] == 0 {
					has(account.Outcome(j))
				}
				for k := range j.Hops {
					for _, c := range j.Hops[k].Changes {
						if c.Cause.Kind == trace.CauseRule {
							has(c.Cause.Rule.String())
						}
					}
				}
			}
			if n := accounted(got); n != numbered && !account.AsksARP() {
				t.Errorf("%s: accounts for %d packets, not %d:\n%s", name, n, numbered, got)
			}
			if strings.Contains(got, "src_mac") && !strings.Contains(tr.Lesson.Question+tr.Lesson.Answer+tr.Lesson.Refutes, "MAC") {
				t.Errorf("%s shows MAC addresses", name)
			}
		}
	}
}

// accounted counts the packets that a brief view describes or counts.
func accounted(text string) (n int) {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			continue
		}
		var more int
		_, after, _ := strings.Cut(line, "  ")
		if _, err := fmt.Sscanf(after, "%d more packet", &more); err == nil {
			n += more
		} else {
			n++
		}
	}
	return n
}

// TestBriefFilter: a filter that selects ARP shows it, and the answer comes on request only.
func TestBriefFilter(t *testing.T) {
	tr, got := brief(t, "flask-demo", TextOptions{Filter: filter.New("ARP"), Answer: true})
	if !strings.Contains(got, "ARP request") || strings.Contains(got, "TCP SYN") {
		t.Errorf("only ARP is asked for:\n%s", got)
	}
	begin, _, _ := strings.Cut(tr.Lesson.Answer, "\n")
	if !strings.Contains(got, begin) {
		t.Errorf("no answer in\n%s", got)
	}
	if _, got := brief(t, "flask-demo", TextOptions{}); strings.Contains(got, begin) || strings.Contains(got, "ARP") {
		t.Errorf("the answer is given away, or ARP is shown:\n%s", got)
	}
}
