package page

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/net/html"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/explain"
	"tracer/trace/outline"
	"tracer/trace/reveal"
)

// TestRows: at the end of each packet of each lesson, the rows of the list that have appeared are
// those of the walk in the terminal, with packets in the background and without.
func TestRows(t *testing.T) {
	kinds := map[string]int{}
	for _, name := range scenarios.Names() {
		tr := recorded(t, name, "")
		doc := parsed(t, written(t, tr))
		elements := append(every(every(doc, "ol id")[0], "li"), every(parsed(t, inflated(t, doc, "list")), "li")...)
		b := newBuilder(tr, tr, explain.English())
		for how, l := range map[string]*outline.List{"without": b.plain, "with": b.all} {
			for i := range l.Packets {
				j := l.At(i)
				if j.Background() && b.order.begin(l.Packets[i]) > b.order.end || i != l.Spans[i].To { // see TestLate; within a run it is unfolded
					continue
				}
				p := reveal.Position{Journey: j.ID, Stop: len(j.Hops), Moment: len(explain.Moments(j, len(j.Hops))) - 1}
				shown, now := reveal.Upto(tr, p), b.order.last(l.Packets[i])
				if !shown.Ongoing {
					now = b.order.count
				}
				got, want := appeared(elements, how, now), known(b, l, shown, l.Packets[i])
				if got != want {
					t.Fatalf("%s, %s background, after packet %d:\n%s, not\n%s", name, how, j.ID, got, want)
				}
				for _, row := range strings.Split(want, "\n") {
					kinds[strings.Fields(row)[0]]++
				}
			}
		}
	}
	for _, kind := range []string{"packet", "run", "request", "nothing", "answer"} {
		if kinds[kind] == 0 {
			t.Errorf("no lesson has a row of kind %q", kind)
		}
	}
}

// appeared describes the elements of a list that are shown at a moment.
func appeared(elements []*html.Node, how string, now int) string {
	var out []string
	folded := ""
	for _, e := range elements {
		packet, run := attr(e, "data-packet"), attr(e, "data-run")
		at, err := strconv.Atoi(attr(e, "data-moment"))
		listed := attr(e, "data-listed")
		hidden := err != nil || at > now || listed != "" && listed != how || how == "without" && strings.HasPrefix(packet, "b")
		switch {
		case folded != "":
			if packet == folded {
				folded = ""
			}
		case hidden:
		case packet != "":
			out = append(out, "packet "+packet)
		case run != "":
			_, folded, _ = strings.Cut(run, " ")
			out = append(out, "run "+run)
		default:
			out = append(out, attr(e, "class")+" "+strings.TrimSpace(text(e)))
		}
	}
	return strings.Join(out, "\n")
}

// known describes the rows that the walk in the terminal shows when a packet has ended. What it
// knows of requests is in the projection.
func known(b *builder, l *outline.List, shown *trace.Trace, packet int) string {
	var out []string
	for _, r := range l.Rows(nil) {
		if shown.Ongoing && r.Since > packet {
			continue
		}
		switch r.Kind {
		case outline.Packet:
			out = append(out, "packet "+name(l.At(r.From)))
		case outline.Run:
			out = append(out, "run "+name(l.At(r.From))+" "+name(l.At(r.To)))
		case outline.Nothing:
			out = append(out, "nothing "+b.Format(explain.LabelNoPacket))
		case outline.Request:
			said := b.Request(r.Request, shown.Answers[r.Request-1])
			if r.Again {
				said = b.Format(explain.LabelContinued, r.Request)
			}
			out = append(out, "request "+said)
		case outline.Answer:
			out = append(out, "answer "+b.Answered(shown.Answers[r.Request-1]))
		}
	}
	return strings.Join(out, "\n")
}

// folding returns the page of a lesson, and the names of the first and the last packet of a run
// in it.
func folding(t *testing.T) (text, first, last string) {
	t.Helper()
	for _, name := range scenarios.Names() {
		text := written(t, recorded(t, name, ""))
		for _, e := range every(parsed(t, text), "li data-run") {
			if attr(e, "data-listed") == "" {
				first, last, _ = strings.Cut(attr(e, "data-run"), " ")
				return text, first, last
			}
		}
	}
	t.Fatal("no lesson has a run")
	return "", "", ""
}

// TestRun: a run is one row and one step, until a key, a click or a link unfolds it.
func TestRun(t *testing.T) {
	text, first, last := folding(t)
	b := opened(t, text, "", 1400, 900)
	run := fmt.Sprintf(`(list.querySelector('[data-run="%s %s"]') !== null)`, first, last)
	packet := fmt.Sprintf(`(list.querySelector('[data-packet="%s"]') !== null)`, first)
	b.press("u")
	b.until(run + ` && !` + packet)
	b.do(chromedp.Click(fmt.Sprintf(`[data-run="%s %s"] button`, first, last), chromedp.ByQuery))
	b.until(here + `.id === "` + first + `.1" && !` + run + ` && ` + packet)
	b.press("\r")
	b.until(here + `.id.startsWith("` + last + `.") && ` + run + ` && !` + packet)
	b.until(`list.querySelector("[aria-current]").dataset.run !== undefined`)
	b.press("k")
	b.until(`!` + here + `.id.startsWith("` + last + `.")`)
	before := eval[string](b, here+".id")
	b.press("j")
	b.until(here + `.id.startsWith("` + last + `.") && ` + run)
	b.press("k")
	b.until(here + `.id === "` + before + `"`)
	eval[bool](b, `(location.hash = "`+first+`.2", true)`)
	b.until(here + `.id === "` + first + `.2" && !` + run + ` && ` + packet)
}

// TestOld: in a browser that cannot inflate chunks, the document is read from top to bottom, and
// says what is missing.
func TestOld(t *testing.T) {
	text, _, _ := folding(t)
	b := opened(t, text, "", 1400, 900)
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument("delete window.DecompressionStream").Do(ctx)
		return err
	}), chromedp.Reload())
	b.until(`document.readyState === "complete" && !document.documentElement.hidden && document.querySelectorAll("article").length > 0`)
	said := eval[string](b, `document.body.innerText`)
	for _, want := range []string{"only in a current browser with JavaScript", explain.English().Format(explain.LabelRules)} {
		if !strings.Contains(strings.ToLower(said), strings.ToLower(want)) {
			t.Errorf("%q is not shown", want)
		}
	}
	if n := eval[int](b, `document.querySelectorAll("article[hidden], #list button:not(:is([hidden] *))").length`); n != 0 {
		t.Errorf("%d packets are hidden, or runs shown", n)
	}
}

// TestHistory: the browser's buttons lead back to where the reader clicked or followed a link.
func TestHistory(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.2", 1400, 900)
	b.until(here + `.id === "3.2"`)
	b.press("u")
	b.do(chromedp.Click(`#list [data-packet="5"]`, chromedp.ByQuery))
	b.until(here + `.id === "5.1" && location.hash === "#5.1"`)
	eval[bool](b, `(location.hash = "6.2", true)`)
	b.until(here + `.id === "6.2"`)
	eval[bool](b, `(history.back(), true)`)
	b.until(here + `.id === "5.1"`)
	eval[bool](b, `(history.back(), true)`)
	b.until(here + `.id === "3.2"`)
	eval[bool](b, `(history.forward(), true)`)
	b.until(here + `.id === "5.1"`)
}

// TestBackAtOnce: the address that a step would set after a while is not set once the reader has
// gone back, and one that is there already is not set again: both would disturb the browser while
// it changes to another entry of its history.
func TestBackAtOnce(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.2", 1400, 900)
	b.until(here + `.id === "3.2"`)
	const moved = `while (walk.now === before || walk.busy) await new Promise(requestAnimationFrame);`
	for name, act := range map[string]string{
		"a link":           `location.hash = "5.1"; ` + moved,
		"a step, and back": `noted.at = performance.now(); document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})); ` + moved + ` dispatchEvent(new PopStateEvent("popstate"));`,
	} {
		calls := eval[int](b, `(async () => {
			const before = walk.now;
			let calls = 0;
			history.replaceState = () => calls++;
			`+act+`
			await new Promise(resolve => setTimeout(resolve, 500)); // a step sets the address within 400 ms
			return calls;
		})()`)
		if calls != 0 {
			t.Errorf("after %s, the address is set", name)
		}
	}
}

// TestHeld: a key that is held down does not queue up steps: the last one is soon on the screen.
func TestHeld(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.1", 1400, 900)
	b.until(here + `.id === "3.1" && document.readyState === "complete" && !walk.busy`)
	took := eval[int](b, `(async () => {
		const before = walk.now;
		for (let i = 0; i < 50; i++) document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", repeat: true, bubbles: true}));
		await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
		return walk.now - before;
	})()`)
	if took != 1 {
		t.Errorf("%d steps are taken within a frame", took)
	}
	b.until(`document.querySelector("article:not([hidden]) .here").id === "3.2"`)
}

// TestLate: packets in the background that come after the end of the walk are masked as well.
func TestLate(t *testing.T) {
	tr := recorded(t, "flask-demo", "")
	var late []trace.Journey
	for i := range tr.Journeys {
		if !tr.Journeys[i].Background() {
			late = append(late, tr.Journeys[i])
		}
	}
	for _, id := range []int{-1, -2} {
		j := late[0]
		j.ID, j.Request = id, 0
		late = append(late, j)
	}
	tr.Journeys = late
	b := opened(t, written(t, tr), "#b1.2", 1400, 900)
	b.until(here + `.id === "b1.2"`)
	if last := eval[string](b, shown); last != "b1.2" {
		t.Errorf("at b1.2, %s is shown", last)
	}
	if eval[bool](b, `list.querySelector('[data-packet="b2"]') !== null`) {
		t.Error("a packet that is ahead is in the list")
	}
	b.press(kb.End)
	b.until(`list.querySelector('[data-packet="b2"]') !== null`) // as in the terminal, where a packet's end after the walk's shows all
}
