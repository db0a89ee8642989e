package page

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestReadable: text has a contrast of at least 4.5:1 with what is behind it, in light and dark,
// as the browser draws it.
func TestReadable(t *testing.T) {
	const poor = `(() => {
		const rgb = c => c.match(/[\d.]+/g).map(Number);
		const luminance = c => rgb(c).slice(0, 3).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
		const behind = e => {
			if (e.closest("#change")) return getComputedStyle(find("#change rect")).fill;
			for (; e; e = e.parentElement) {
				const c = getComputedStyle(e).backgroundColor;
				if (rgb(c)[3] !== 0) return c;
			}
			return "rgb(255, 255, 255)";
		};
		const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
		let seen = 0;
		for (let n = texts.nextNode(); n; n = texts.nextNode()) {
			const e = n.parentElement;
			if (!n.textContent.trim() || !e.checkVisibility({visibilityProperty: true})) continue;
			seen++;
			const a = luminance(e.closest("svg") ? getComputedStyle(e).fill : getComputedStyle(e).color), b = luminance(behind(e));
			const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
			if (ratio < 4.5) found.push(ratio.toFixed(2) + ": " + n.textContent);
		}
		if (seen < 20) found.push("only " + seen + " texts");
		return found;
	})()`
	b := opened(t, written(t, recorded(t, "flask-demo", "forward-drop")), "#3.1", 1280, 720)
	b.until(here + `.id === "3.1"`)
	for _, scheme := range []string{"light", "dark"} {
		b.do(media("prefers-color-scheme", scheme))
		for _, pane := range []string{"rules", "details", "addresses", "answer"} {
			for _, text := range eval[[]string](b, `(async () => { choose("`+pane+`"); await go(walk.end); return `+poor+`; })()`) {
				t.Errorf("%s, %s: %s", scheme, pane, text)
			}
			b.do(chromedp.Evaluate(`turn(-1)`, nil))
			for _, text := range eval[[]string](b, poor) {
				t.Errorf("%s, %s, at a turning point: %s", scheme, pane, text)
			}
		}
	}
}

// TestForced: where the reader has chosen the colors, the drawing follows, and the current packet,
// step and pane are told apart without colors of our own.
func TestForced(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.7", 1280, 720)
	b.do(media("forced-colors", "active"))
	b.until(here + `.id === "3.7"`)
	for _, strange := range eval[[]string](b, `(() => {
		const probe = document.createElement("p");
		document.body.append(probe);
		const text = getComputedStyle(probe).color;
		return all("svg text").filter(e => !e.closest("#change") && getComputedStyle(e).fill !== text).map(e => e.textContent);
	})()`) {
		t.Errorf("%q has a color of ours", strange)
	}
	for _, current := range []string{".here", "#list [aria-current]", "[aria-pressed=true]"} {
		if style := eval[string](b, `getComputedStyle(find("article:not([hidden]) `+current+`") || find("`+current+`")).outlineStyle`); style == "none" {
			t.Errorf("%s is not marked", current)
		}
	}
}

// TestStill: for readers who prefer less motion, nothing moves by itself.
func TestStill(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.7", 1280, 720)
	b.until(here + `.id === "3.7"`)
	const moving = `all("*").filter(e => (s => s.animationName !== "none" || s.transitionDuration.split(", ").some(d => d !== "0s") || s.scrollBehavior === "smooth")(getComputedStyle(e))).length`
	if n := eval[int](b, moving); n != 1 {
		t.Errorf("%d elements move, not the packet alone", n)
	}
	b.do(media("prefers-reduced-motion", "reduce"))
	if n := eval[int](b, moving); n != 0 {
		t.Errorf("%d elements move", n)
	}
}

// TestKeyboard: the tab key leads through all controls, in the order of the page and out again. Each
// has a name, and shows that it has the focus.
func TestKeyboard(t *testing.T) {
	// After a link to a step, browsers may begin there instead of at the top.
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "", 1280, 720)
	b.do(chromedp.Evaluate(`history.replaceState(null, "", "#3.7"); linked()`, nil))
	b.until(here + `.id === "3.7"`)
	b.do(chromedp.Evaluate(`window.visited = []`, nil))
	const visit = `(() => {
		const e = document.activeElement;
		if (e === document.body || visited.includes(e)) return "";
		const last = visited.at(-1), style = getComputedStyle(e), box = e.getBoundingClientRect();
		const name = e.getAttribute("aria-label") || (e.labels && e.labels.length ? e.labels[0] : e).textContent.trim();
		visited.push(e);
		const what = e.tagName + " " + (e.id || name) + ": ";
		if (!name) return what + "no name";
		if (style.outlineStyle === "none") return what + "no sign of focus";
		if (box.width === 0 || box.bottom < 0 || box.top > innerHeight) return what + "out of sight";
		if (last && !(last.compareDocumentPosition(e) & 4)) return what + "out of order";
		return what;
	})()`
	for n := 0; ; n++ {
		b.press(kb.Tab)
		what := eval[string](b, visit)
		if what == "" {
			break
		}
		if !strings.HasSuffix(what, ": ") {
			t.Error(what)
		}
		if n == 200 {
			t.Fatal("no way out")
		}
	}
	for _, missed := range eval[[]string](b, `all("button, a, input, summary").filter(e => e.checkVisibility() && !visited.includes(e)).map(e => e.outerHTML)`) {
		t.Errorf("not reached: %s", missed)
	}
	if at := eval[string](b, here+".id"); at != "3.7" {
		t.Errorf("the walk has moved to %s", at)
	}
	b.do(chromedp.Evaluate(`find("#panes [data-show=connections]").focus()`, nil))
	b.press(" ")
	b.until(`find("#connections").classList.contains("shown")`)
	b.press("g")
	b.until(`document.activeElement === packetName`)
	b.do(chromedp.Evaluate(`packetName.value = ""`, nil)) // as in TestFilter
	b.press("6.2", kb.Enter)
	b.until(here + `.id === "6.2"`)
	var panes []string
	for range eval[[]string](b, `tabs.map(t => t.dataset.show)`) {
		b.press("v")
		panes = append(panes, eval[string](b, `walk.pane`))
	}
	if !slices.Contains(panes, "answer") || !slices.Contains(panes, "rules") {
		t.Errorf("v leads to %v", panes)
	}
}

// TestPlay: space plays, plus is faster, and escape stops.
func TestPlay(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#1.1", 1280, 720)
	b.until(here + `.id === "1.1"`)
	b.press("+", "+", "+", "+", " ")
	b.until(here + `.id === "1.3"`)
	b.press(kb.Escape)
	if playing := eval[bool](b, `playing.timer !== 0 || player.getAttribute("aria-pressed") === "true"`); playing {
		t.Error("it plays on")
	}
	eval[string](b, `(async () => { await go(walk.end); play(); await played(); return ""; })()`)
	if playing := eval[bool](b, `playing.timer !== 0`); playing {
		t.Error("it plays beyond the end")
	}
}
