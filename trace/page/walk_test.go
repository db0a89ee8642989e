package page

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tracer/trace/explain"
)

// Expressions about a page: the current moment, and the last one that is shown.
const (
	here  = `(document.querySelector("article:not([hidden]) .here") || {id: "", textContent: ""})`
	shown = `[...document.querySelectorAll("article:not([hidden]) li:not([hidden])")].at(-1).id`
)

// TestWalk: keys lead to where the reply changes, and show nothing beyond.
func TestWalk(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "", 1400, 900)
	if n := eval[int](b, `document.querySelectorAll("article:not([hidden]), #list li:not([hidden]), #answer:not([hidden])").length`); n != 0 {
		t.Errorf("%d elements are shown before the first packet", n)
	}
	for _, want := range []string{"dst 192.168.52.203:80 ⇒ 172.17.0.2:5000", "src 172.17.0.2:5000 ⇒ 192.168.52.203:80"} {
		for i := 0; ; i++ {
			before := eval[string](b, "location.hash")
			b.press("n")
			b.until(`location.hash !== "` + before + `"`)
			if strings.Contains(eval[string](b, here+".textContent"), want) {
				break
			}
			if i == 20 {
				t.Fatalf("no turning point has %s", want)
			}
		}
		if at, last := eval[string](b, here+".id"), eval[string](b, shown); at != last {
			t.Errorf("at %s, %s is shown", at, last)
		}
		if said := eval[string](b, `document.querySelector("#said").textContent`); !strings.Contains(said, want) {
			t.Errorf("announced: %q", said)
		}
	}
	at := eval[string](b, here+".id")
	b.press(kb.ArrowRight, kb.ArrowLeft)
	if back := eval[string](b, here+".id"); back != at {
		t.Errorf("forward and back from %s is %s", at, back)
	}
	b.press("A")
	b.until(`!document.querySelector("#answer").hidden`)
	b.press(">", kb.End)
	b.until(here + `.textContent.includes("delivered")`)
	b.press(kb.End)
	if hidden := eval[int](b, `document.querySelectorAll("header [hidden], #connections [hidden], #answers [hidden]").length`); hidden != 0 {
		t.Errorf("%d elements are hidden at the end of the walk", hidden)
	}
}

// TestLink: an address leads to a moment, also of a packet in a chunk, with what is ahead hidden.
func TestLink(t *testing.T) {
	for _, at := range []string{"3.7", "b1.2", "14.1"} {
		b := opened(t, written(t, recorded(t, "flask-demo", "")), "#"+at, 1400, 900)
		b.until(here + `.id === "` + at + `"`)
		if last := eval[string](b, shown); last != at {
			t.Errorf("at %s, %s is shown", at, last)
		}
		if at == "3.7" {
			b.until(`document.querySelector("#details dl") !== null`)
			b.until(`(r => r.top > document.querySelector(".drawing").getBoundingClientRect().bottom && r.bottom < innerHeight)(` + here + `.getBoundingClientRect())`)
		}
	}
}

// TestFilter: words select packets of the list, and keys visit only these.
func TestFilter(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "", 1400, 900)
	b.press("u", "/")
	b.until(`document.activeElement.matches("#filter input")`)
	eval[string](b, `field.value = ""`) // a key pressed over the protocol is typed even if the page handles it
	b.do(chromedp.SendKeys("#filter input", "syn-ack !arp", chromedp.ByQuery))
	const list = `[...document.querySelectorAll("#list [data-packet]")].map(e => e.dataset.packet).join(" ")`
	only := eval[string](b, list)
	if only == "" || strings.Contains(only, " ") {
		t.Errorf("the filter selects %q", only)
	}
	b.press(kb.Enter)
	b.press(kb.ArrowDown)
	b.until(here + `.id === "` + only + `.1"`)
	eval[bool](b, `(field.value = "matches-nothing", filter(), true)`)
	b.until(`find("#nothing").checkVisibility() && list.children.length === 0`)
	eval[bool](b, `(quit(), true)`)
	b.until(`!find("#nothing").checkVisibility() && list.children.length > 0`)
}

// TestNoScript: without a script, everything is shown.
func TestNoScript(t *testing.T) {
	doc := unscripted(t, written(t, recorded(t, "flask-demo", "")), 1400, 900)
	var seen string
	doc.do(chromedp.Text("body", &seen, chromedp.ByQuery))
	for _, want := range []string{"MASQUERADE rewrites the source of the replies", "dst 192.168.52.203:80 ⇒ 172.17.0.2:5000", "[ASSURED]", "only in a current browser with JavaScript"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	for _, not := range []string{"turning point", "filter:"} {
		if strings.Contains(seen, not) {
			t.Errorf("%q is shown", not)
		}
	}
}

// TestPrint: printed, a page is two sheets: a handout, and the answer.
func TestPrint(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "", 1400, 900)
	var pdf []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).WithPaperWidth(8.27).WithPaperHeight(11.69).Do(ctx)
		return err
	}))
	if n := strings.Count(string(pdf), "/Type /Page\n"); n != 2 {
		t.Errorf("%d sheets", n)
	}
}

// TestSizes: nothing is wider than the window, which may be that of a phone.
func TestSizes(t *testing.T) {
	for _, name := range []string{"flask-demo", "networks"} {
		for _, width := range []int{360, 768, 1400, 3840} {
			b := opened(t, written(t, recorded(t, name, "")), "#5.2", width, 800)
			b.until(here + `.id === "5.2"`)
			if n := eval[int](b, "document.documentElement.scrollWidth"); n > width {
				t.Errorf("%s is %d wide in a window of %d", name, n, width)
			}
		}
	}
}

// TestHelp: the keys are listed in a dialog, which opens and closes by keys and by the mouse.
func TestHelp(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.2", 1400, 900)
	b.until(here + `.id === "3.2"`)
	b.press("?")
	b.until(`document.querySelector("#keys").open`)
	b.press(kb.ArrowRight, kb.Escape)
	b.until(`!document.querySelector("#keys").open`)
	b.do(chromedp.Click(`[data-key="?"]`, chromedp.ByQuery))
	b.until(`document.querySelector("#keys").open`)
	b.do(chromedp.Click("#keys form button", chromedp.ByQuery))
	b.until(`!document.querySelector("#keys").open`)
	if at := eval[string](b, here+".id"); at != "3.2" {
		t.Errorf("the walk has moved to %s", at)
	}
	aliases := map[string]bool{}
	for _, k := range strings.Fields("l h j k p = 0 $") {
		aliases[k] = true
	}
	listed := map[string]bool{}
	for _, k := range keys(explain.English()) {
		for _, c := range k.Caps {
			listed[c.Key] = true
		}
	}
	for _, k := range eval[[]string](b, `Object.keys(keys)`) {
		if !listed[k] && !aliases[k] {
			t.Errorf("key %s is not in the help", k)
		}
		delete(listed, k)
	}
	if len(listed) != 0 {
		t.Errorf("these keys do nothing: %v", listed)
	}
}
