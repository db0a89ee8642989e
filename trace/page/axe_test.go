package page

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"tracer/sim/labtest"
	"tracer/trace"
)

// TestAxe: axe-core finds no violation of its rules for accessibility, in light and dark, on a
// phone and a wide window, from the beginning to the end of the walk, and in each pane.
func TestAxe(t *testing.T) {
	script, err := os.ReadFile(labtest.File(t, "TRACER_AXE"))
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{indexed(t), placed(t), withFault(t, "flask-demo", "forward-drop"), withFault(t, "metadata-dnat", "port-8080")} {
		b := opened(t, page, "", 1200, 800)
		b.do(chromedp.Evaluate(string(script), nil))
		for _, scheme := range []string{"light", "dark"} {
			b.do(media("prefers-color-scheme", scheme))
			b.judge("album or comparison", scheme, 1200, "start", "0")
		}
	}
	pages := []struct {
		name   string
		trace  *trace.Trace
		middle string
	}{
		{"flask-demo", recorded(t, "flask-demo", ""), "3.7"},
		{"flask-demo with a fault", recorded(t, "flask-demo", "forward-drop"), "3.9"},
		{"mtu-black-hole", recorded(t, "mtu-black-hole", ""), "12.4"},
		{"flush-nat", recorded(t, "flush-nat", ""), "9.3"},
		{"captures", captured(t), "1.2"},
	}
	for i, p := range pages {
		b := opened(t, written(t, p.trace), "", 1200, 800)
		b.do(chromedp.Evaluate(string(script), nil))
		for _, scheme := range []string{"light", "dark"} {
			for _, width := range []int64{360, 1200} {
				everywhere := (scheme == "light") == (width == 360)
				if i > 0 && !everywhere {
					continue
				}
				b.do(media("prefers-color-scheme", scheme), chromedp.EmulateViewport(width, 740))
				b.judge(p.name, scheme, width, "start", `go(0)`)
				b.judge(p.name, scheme, width, p.middle, `location.hash = "`+p.middle+`"; await until(() => find(".here"))`)
				if everywhere {
					b.everywhere(p.name, scheme, width)
				}
				b.judge(p.name, scheme, width, "end", `await go(walk.end)`)
			}
		}
	}
}

// everywhere judges a moment in each pane, in the dialogs, and in the stage view.
func (b *tab) everywhere(name, scheme string, width int64) {
	b.Helper()
	for _, pane := range eval[[]string](b, `tabs.filter(t => !t.hidden).map(t => t.dataset.show)`) {
		b.judge(name, scheme, width, pane, `choose("`+pane+`")`)
	}
	b.judge(name, scheme, width, "keys", `find("#keys").showModal()`)
	b.judge(name, scheme, width, "goto", `find("#keys").close(); find("#goto").showModal()`)
	b.judge(name, scheme, width, "stage", `find("#goto").close(); keys.s()`)
	b.do(chromedp.Evaluate(`keys.s()`, nil))
}

// media emulates a preference of the reader.
func media(name, value string) chromedp.Action {
	return emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: name, Value: value}})
}

// judge reports what axe-core finds after an action.
func (b *tab) judge(name, scheme string, width int64, state, action string) {
	b.Helper()
	const judged = `(async () => {
		const until = async f => { while (!f()) await new Promise(requestAnimationFrame); };
		%s;
		await new Promise(requestAnimationFrame);
		const found = await axe.run(document, {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}});
		return found.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + ": " + n.failureSummary + " " + n.html.slice(0, 200)));
	})()`
	for _, s := range eval[[]string](b, fmt.Sprintf(judged, action)) {
		b.Errorf("%s, %s, %d wide, at %s: %s", name, scheme, width, state, s)
	}
}
