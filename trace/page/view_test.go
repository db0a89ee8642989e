package page

import (
	"context"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestInView: on a projector, a phone and a 4K screen, the drawing with the packet, the sentence
// of the step, its line and the controls are in view together, wherever the walk is.
func TestInView(t *testing.T) {
	for _, name := range []string{"flask-demo", "mtu-black-hole", "networks"} {
		b := opened(t, written(t, recorded(t, name, "")), "", 1280, 720)
		for _, size := range [][2]int64{{360, 740}, {1280, 720}, {3840, 2160}} {
			b.do(chromedp.EmulateViewport(size[0], size[1]))
			for _, moment := range []string{"entries[3].first", "entries[5].last", "walk.end"} {
				for _, what := range eval[[]string](b, `(async () => {
					await go(`+moment+`);
					await new Promise(f => setTimeout(f, 300)); // the packet moves
					const window = {top: -1, left: -1, right: innerWidth + 1, bottom: innerHeight + 1};
					const within = (e, outer) => (r => r.width > 0 && r.top >= outer.top - 1 && r.bottom <= outer.bottom + 1 && r.left >= outer.left - 1 && r.right <= outer.right + 1)(e.getBoundingClientRect());
					const line = find("article:not([hidden]) .here");
					const drawing = find(".drawing").getBoundingClientRect();
					return [
						["the drawing", find(".drawing"), window],
						["the packet", packet, drawing],
						["the sentence", find("#step"), window],
						["the line", line, find("#walk").getBoundingClientRect()],
						["the controls", find("#controls"), window],
						["the change", change.getAttribute("visibility") === "visible" ? change : packet, drawing],
					].filter(([, e, outer]) => !within(e, outer)).map(([what]) => what);
				})()`) {
					t.Errorf("%s, %dx%d, %s: %s is not in view", name, size[0], size[1], moment, what)
				}
			}
		}
	}
}

// TestLowWindow: a low window shows the drawing whole.
func TestLowWindow(t *testing.T) {
	b := opened(t, written(t, recorded(t, "networks", "")), "#3.4", 1024, 600)
	b.until(here + `.id === "3.4"`)
	for _, width := range []int64{1024, 900} {
		b.do(chromedp.EmulateViewport(width, 600))
		if over := eval[int64](b, `(d => d.scrollHeight - d.clientHeight)(find(".drawing"))`); over > 0 {
			t.Errorf("%dx600: %d of the drawing are cut off", width, over)
		}
	}
}

// TestReflow: enlarged to 200 %, the page fits its width, all of it can be reached, and buttons are
// big enough for a finger.
func TestReflow(t *testing.T) {
	b := opened(t, written(t, recorded(t, "networks", "")), "#5.2", 640, 360)
	b.until(here + `.id === "5.2"`)
	for _, size := range [][2]int64{{640, 360}, {360, 740}, {320, 256}} {
		b.do(chromedp.EmulateViewport(size[0], size[1]))
		for _, pane := range eval[[]string](b, `tabs.filter(t => !t.hidden).map(t => t.dataset.show)`) {
			b.do(chromedp.Evaluate(`choose("`+pane+`")`, nil))
			if n := eval[int64](b, `document.documentElement.scrollWidth`); n > size[0] {
				t.Errorf("%dx%d, %s: %d wide", size[0], size[1], pane, n)
			}
			if h := eval[float64](b, `find("#`+pane+`").getBoundingClientRect().height`); h < 60 {
				t.Errorf("%dx%d: %s has a height of %.0f", size[0], size[1], pane, h)
			}
		}
		for _, small := range eval[[]string](b, `all("button").filter(e => e.checkVisibility() && (e.offsetWidth < 44 || e.offsetHeight < 44)).map(e => e.outerHTML)`) {
			t.Errorf("%dx%d: %s is small", size[0], size[1], small)
		}
	}
}

// TestPrintWidth: printed, also from the middle of the walk, the drawing of the widest network is
// whole, and only the answer is on its page.
func TestPrintWidth(t *testing.T) {
	const a4 = 680 // 180 mm between the margins
	b := opened(t, written(t, recorded(t, "mtu-black-hole", "")), "#12.3", a4, 980)
	b.until(here + `.id === "12.3"`)
	b.do(emulation.SetEmulatedMedia().WithMedia("print"))
	if wide := eval[float64](b, `Math.max(...all("body *").filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().right))`); wide > a4+1 {
		t.Errorf("what is printed is %.0f wide", wide)
	}
	const want = "story question addresses answer"
	if got := eval[string](b, `all("[id]").filter(e => ["SECTION", "DETAILS"].includes(e.tagName) && e.id !== "network" && e.checkVisibility()).map(e => e.id).join(" ")`); got != want {
		t.Errorf("printed: %s, not %s", got, want)
	}
	if got := eval[string](b, `getComputedStyle(find("#answer")).breakBefore`); got != "page" {
		t.Errorf("the break before the answer is %s", got)
	}
	for _, now := range eval[[]string](b, `all("#packet, #change, #step, #controls, #panes").filter(e => getComputedStyle(e).display !== "none").map(e => e.id)`) {
		t.Errorf("the handout shows %s", now)
	}
}

// TestTree: to a screen reader, the page has landmarks, headings in order, lists and tables, and
// announces the sentence of the step.
func TestTree(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.7", 1280, 720)
	b.until(here + `.id === "3.7"`)
	type value struct {
		Value any `json:"value"`
	}
	var tree struct {
		Nodes []struct {
			Ignored    bool  `json:"ignored"`
			Role       value `json:"role"`
			Name       value `json:"name"`
			Properties []struct {
				Name  string `json:"name"`
				Value value  `json:"value"`
			} `json:"properties"`
		} `json:"nodes"`
	}
	b.do(chromedp.ActionFunc(func(ctx context.Context) error { // the module's own type knows fewer properties than Chromium
		return cdp.Execute(ctx, accessibility.CommandGetFullAXTree, nil, &tree)
	}))
	count, level := map[any]int{}, 0.
	named := []any{"button", "link", "searchbox", "textbox", "image", "region", "navigation", "group", "dialog"}
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		count[n.Role.Value]++
		if slices.Contains(named, n.Role.Value) && n.Name.Value == "" {
			t.Errorf("a %s has no name", n.Role.Value)
		}
		for _, p := range n.Properties {
			if p.Name == "level" && n.Role.Value == "heading" {
				now := p.Value.Value.(float64)
				if now > level+1 {
					t.Errorf("heading %q of level %v follows one of level %v", n.Name.Value, now, level)
				}
				level = now
			}
		}
	}
	for _, role := range []string{"banner", "main", "navigation", "search", "heading", "list", "listitem", "table", "columnheader", "region", "image"} {
		if count[role] == 0 {
			t.Errorf("there is no %s", role)
		}
	}
	const announced = `find("[aria-live=polite]").textContent.replace(/\s+/g, " ").trim()`
	if got, want := eval[string](b, announced), "#3 TCP SYN"+eval[string](b, `(`+here+`.previousElementSibling.querySelector(".rule").textContent + `+here+`.textContent).replace(/\s+/g, " ").trim()`); got != want {
		t.Errorf("announced: %q, not %q", got, want)
	}
}
