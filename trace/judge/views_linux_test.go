package judge

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/export"
	"tracer/trace/filter"
)

// shown checks what views say about a trace as a whole, and that a saved trace is read back
// unchanged.
func shown(t *testing.T, tr *trace.Trace, v *Verdict, restless bool) {
	t.Helper()
	heading, _, _ := strings.Cut(textOf(t, tr, ""), "\n")
	if tr.Survey == nil { // traces of captures word their counts differently
		tallied(t, tr, heading)
	}
	if complete := strings.Contains(heading, "; capture complete"); complete && !restless {
		for _, what := range []string{"steps", "doubtful steps", "ambiguous journeys", "causes in ambiguous journeys"} {
			if v.Unknown[what] > 0 {
				t.Errorf("%q, but: %s %d", heading, what, v.Unknown[what])
			}
		}
		if tr.Gaps != (trace.Gaps{}) {
			t.Errorf("%q, but: %+v", heading, tr.Gaps)
		}
	}
	selected(t, tr)
	saved(t, tr)
}

// textOf returns the text view without colors.
func textOf(t *testing.T, tr *trace.Trace, words string) string {
	t.Helper()
	var b bytes.Buffer
	if err := export.Text(&b, tr, export.TextOptions{Language: explain.English(), Unmatched: true, Filter: filter.New(words)}); err != nil {
		t.Errorf("text: %v", err)
	}
	return ansi.Strip(b.String())
}

// tallied checks that the numbers in the heading agree with the journeys.
func tallied(t *testing.T, tr *trace.Trace, heading string) {
	t.Helper()
	fared, all := map[trace.OutcomeKind]int{}, 0
	for i := range tr.Journeys {
		if j := &tr.Journeys[i]; j.ID > 0 {
			fared[j.Outcome.Kind]++
			all++
		}
	}
	_, said, _ := strings.Cut(strings.ReplaceAll(heading, ";", ","), "      ")
	said = strings.TrimSpace(said)
	sum := 0
	for name, want := range map[string]int{
		"delivered": fared[trace.OutcomeDelivered], "dropped": fared[trace.OutcomeDropped],
		"divided": fared[trace.OutcomeSegmented], "not": fared[trace.OutcomeUnseen] + fared[trace.OutcomeLeft],
	} {
		got := 0
		_, parts, _ := strings.Cut(said, ": ")
		for part := range strings.SplitSeq(parts, ", ") {
			var n int
			var word string
			if _, err := fmt.Sscanf(part, "%d %s", &n, &word); err == nil && word == name {
				got = n
			}
		}
		if strings.Contains(said, ", all delivered") && name == "delivered" {
			got = all
		}
		if sum += got; got != want {
			t.Errorf("%q: %d packets %s, but %d journeys", said, got, name, want)
		}
	}
	var total int
	if _, err := fmt.Sscanf(said, "%d packet", &total); err != nil || total != all || sum != all {
		t.Errorf("%q: %d packets, with %d fates, but %d journeys (%v)", said, total, sum, all, err)
	}
}

// selected checks that filters select what they name, no more and no less.
func selected(t *testing.T, tr *trace.Trace) {
	t.Helper()
	change := func(f trace.Field) func(*trace.Journey) bool {
		return func(j *trace.Journey) bool { return changeOf(j, f) != nil || changeIn(j.Outcome.Changes, f) != nil }
	}
	ended := func(k trace.OutcomeKind) func(*trace.Journey) bool {
		return func(j *trace.Journey) bool { return j.Outcome.Kind == k }
	}
	for words, want := range map[string]func(*trace.Journey) bool{
		"delivered": ended(trace.OutcomeDelivered), "dropped": ended(trace.OutcomeDropped), "unseen": ended(trace.OutcomeUnseen),
		"segmented": ended(trace.OutcomeSegmented), "#1": func(j *trace.Journey) bool { return j.ID == 1 },
		"src": change(trace.FieldSource), "dst": change(trace.FieldDestination), "dst_mac": change(trace.FieldDestinationMAC),
	} {
		f, not := filter.New(words), filter.New("!"+words)
		shown, all := 0, 0
		for i := range tr.Journeys {
			j := &tr.Journeys[i]
			if f.Match(j) != want(j) || not.Match(j) == want(j) {
				t.Errorf("filter %q: #%d%s: %v, and with !: %v", words, j.ID, path(j), f.Match(j), not.Match(j))
				break
			}
			if j.ID > 0 {
				if all++; want(j) {
					shown++
				}
			}
		}
		if text := textOf(t, tr, words); !strings.Contains(text, fmt.Sprintf("%d of %d packet", shown, all)) {
			t.Errorf("filter %q selects %d of %d packets, but the text view does not say so", words, shown, all)
		}
	}
}

// saved checks that a saved trace is read back unchanged, and written again byte for byte.
func saved(t *testing.T, tr *trace.Trace) {
	t.Helper()
	var once, again bytes.Buffer
	if err := export.JSON(&once, tr, explain.English()); err != nil {
		t.Fatal(err)
	}
	read, err := export.Read(bytes.NewReader(once.Bytes()))
	if err != nil {
		t.Errorf("what was saved cannot be read: %v", err)
		return
	}
	if err := export.JSON(&again, read, explain.English()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Errorf("what was saved differs when it is saved again")
	}
	if a, b := textOf(t, tr, ""), textOf(t, read, ""); a != b {
		t.Errorf("the text view differs after saving: %s", difference(a, b))
	}
	for i := range min(len(tr.Journeys), len(read.Journeys)) {
		a, b := &tr.Journeys[i], &read.Journeys[i]
		if a.ID != b.ID || a.Flow != b.Flow || a.Direction != b.Direction || a.Summary != b.Summary || len(a.Hops) != len(b.Hops) ||
			!reflect.DeepEqual(nothing(a.Outcome), nothing(b.Outcome)) {
			t.Errorf("#%d is read as %+v, not %+v", a.ID, b.Outcome, a.Outcome)
		}
		for k := range min(len(a.Hops), len(b.Hops)) {
			if x, y := &a.Hops[k], &b.Hops[k]; !reflect.DeepEqual(x.Packet, y.Packet) ||
				x.Frame != y.Frame || !x.Time.Equal(y.Time) || !slices.Equal(x.Ambiguous, y.Ambiguous) || x.Doubtful != y.Doubtful {
				t.Errorf("hop %d of #%d is read as %+v, not %+v", k+1, a.ID, *y, *x)
			}
		}
	}
	if len(tr.Journeys) != len(read.Journeys) || len(tr.Frames) != len(read.Frames) || tr.Gaps != read.Gaps {
		t.Errorf("%d journeys, %d frames, %+v are read as %d, %d, %+v", len(tr.Journeys), len(tr.Frames), tr.Gaps, len(read.Journeys), len(read.Frames), read.Gaps)
	}
}

// nothing removes from an outcome what the text view compares, and empty lists.
func nothing(o trace.Outcome) trace.Outcome {
	o.Hooks, o.Steps, o.Changes = nil, nil, nil
	o.Rule.Text = strings.TrimSpace(o.Rule.Text)
	return o
}

// difference returns the first lines that differ.
func difference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("line %d: %q, then %q", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d lines, then %d", len(x), len(y))
}
