package page

import (
	"bytes"
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
)

// compared returns the page of two traces.
func compared(t *testing.T, a, b *trace.Trace) string {
	t.Helper()
	var out bytes.Buffer
	if _, err := Compare(&out, a, b, Options{Language: explain.English()}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// withFault returns the page of a lesson without and with a fault.
func withFault(t *testing.T, name, fault string) string {
	t.Helper()
	return compared(t, recorded(t, name, ""), recorded(t, name, fault))
}

// TestCompareOrder: the document has, in this order, the question, the first difference, the network, and all
// packets with all their rows; each row has two sides, and says where one has nothing.
func TestCompareOrder(t *testing.T) {
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Faults {
			a, b := recorded(t, name, ""), recorded(t, name, s.Faults[i].Name)
			doc := parsed(t, compared(t, a, b))
			var ids, rows []string
			for _, n := range every(doc, "section") {
				ids = append(ids, attr(n, "id"))
			}
			for _, id := range [...]string{"question", "difference", "networks", "pairs", "answer"} {
				if len(ids) == 0 || !slices.Contains(ids, id) {
					t.Fatalf("%s: %s missing or not in order: %v", name, id, ids)
				}
				ids = ids[slices.Index(ids, id):]
			}
			for _, n := range every(doc, "li id") {
				rows = append(rows, attr(n, "id"))
				sides := every(n, "div")
				if len(sides) != 2 {
					t.Fatalf("%s: row %s has %d sides", name, attr(n, "id"), len(sides))
				}
				for k, side := range sides {
					if len(strings.TrimSpace(text(side))) < 3 {
						t.Errorf("%s: row %s: side %d is empty", name, attr(n, "id"), k)
					}
				}
			}
			if at := every(doc, "body")[0]; attr(at, "data-begin") != "0" && !describes(t, doc, compare.Traces(a, b)) {
				t.Errorf("%s %s: it does not begin at the row that the first difference is about", name, s.Faults[i].Name)
			}
			if want := rowNames(compare.Traces(a, b)); !slices.Equal(rows, want) {
				t.Errorf("%s %s: rows %v, want %v", name, s.Faults[i].Name, rows, want)
			}
		}
	}
}

// describes reports whether the link of the first difference leads to a row with one of its facts.
func describes(t *testing.T, doc *html.Node, c *compare.Comparison) bool {
	t.Helper()
	d := c.First()
	for _, section := range every(doc, "section id") {
		if attr(section, "id") != "difference" {
			continue
		}
		_, row, _ := strings.Cut(attr(every(section, "a")[0], "href"), ".")
		at, err := strconv.Atoi(row)
		if err != nil {
			t.Fatal(err)
		}
		r := c.Rows(&c.Packets[d.Packet])[at-1]
		return slices.ContainsFunc(compare.Sides[:], func(s compare.Side) bool {
			f := &d.Facts[s]
			return d.Kind == compare.KindPacket || f.Kind == d.Kind && r.Has[s] && r.Places[s] == f.Place
		})
	}
	return false
}

// rowNames returns the names of all rows.
func rowNames(c *compare.Comparison) (list []string) {
	for i := range c.Packets {
		p := &c.Packets[i]
		if p.Incidental {
			continue
		}
		name := "B"
		if p.Has(compare.A) {
			name = strconv.Itoa(c.Journey(p, compare.A).ID)
		} else {
			name += strconv.Itoa(c.Journey(p, compare.B).ID)
		}
		for k := range c.Rows(p) {
			list = append(list, name+"."+strconv.Itoa(k+1))
		}
	}
	return list
}

// TestCompareHostile: what a stranger writes is inert, and changes nothing in the structure.
func TestCompareHostile(t *testing.T) {
	const script = `<script>alert(1)</script><img src=x onerror=alert(1)>"'></style>` + "\x1b[31m\u202e"
	a, b := recorded(t, "flask-demo", ""), recorded(t, "flask-demo", "forward-drop")
	html := compared(t, poisoned(a, script), poisoned(b, script))
	doc := parsed(t, html)
	if n := len(every(doc, "script")); n != 1 {
		t.Errorf("%d scripts", n)
	}
	if len(every(doc, "img")) > 0 || strings.ContainsAny(html, "\x1b\u202e") {
		t.Error("the text is not inert")
	}
}

// TestCompareMany: of ten thousand packets, those that differ and some of the others are shown.
func TestCompareMany(t *testing.T) {
	many := func(name, fault string) *trace.Trace {
		tr := recorded(t, name, fault)
		last := tr.Journeys[len(tr.Journeys)-1]
		for i := range 10000 {
			j := last
			j.ID = len(tr.Journeys) + i
			tr.Journeys = append(tr.Journeys, j)
		}
		return tr
	}
	html := compared(t, many("flask-demo", ""), many("flask-demo", "docker-user-port"))
	if len(html) > 1<<20 {
		t.Errorf("%d bytes", len(html))
	}
}

// TestCompareWalk: the page begins at the first difference; keys move both sides; what follows is masked.
func TestCompareWalk(t *testing.T) {
	b := opened(t, withFault(t, "flask-demo", "forward-drop"), "", 1200, 900)
	shown := func(selector string) bool {
		return eval[bool](b, `(() => { const e = document.querySelector(`+strconv.Quote(selector)+`); return Boolean(e) && e.checkVisibility(); })()`)
	}
	here := func() string { return eval[string](b, `document.querySelector("li.here").id`) }
	if top := eval[float64](b, `document.querySelector("#difference").getBoundingClientRect().bottom`); top > 900 || !shown("#difference") {
		t.Errorf("the first difference ends at %v", top)
	}
	first := here()
	if !eval[bool](b, `document.querySelector("li.here").classList.contains("differs")`) || "#"+first != eval[string](b, `document.querySelector("#difference a").hash`) {
		t.Errorf("begins at %s", first)
	}
	for selector, want := range map[string]bool{"#answer": false, "#answers": false, "#list [data-packet='4']": false, "#list [data-packet='3']": true, "[id='3.1']": true} {
		if shown(selector) != want {
			t.Errorf("%s is shown: %t", selector, !want)
		}
	}
	if width := eval[string](b, `getComputedStyle(document.querySelector("svg path.passed")).strokeWidth`); width == "1px" {
		t.Error("the way is not drawn")
	}
	packets := `[...document.querySelectorAll("circle.packet")].map(c => c.getAttribute("cx") + " " + c.getAttribute("visibility")).join()`
	before := eval[string](b, packets)
	b.press("h", "h", "[", "[")
	if after := eval[string](b, packets); after == before || strings.Count(after, "visible") != 2 {
		t.Errorf("%s, then %s", before, after)
	}
	if at := here(); !strings.HasPrefix(at, "3.") || at == first || !strings.HasSuffix(eval[string](b, "location.hash"), at) {
		t.Errorf("at %s", at)
	}
	if shown("#difference") {
		t.Error("the mask shows the difference before it is reached")
	}
	if first != "3.12" { // where the rule is that only A has
		t.Errorf("begins at %s", first)
	}
	b.press("n")
	if at := here(); at != first || !shown("#difference") {
		t.Errorf("n: at %s, want %s", at, first)
	}
	b.press("j")
	if at := here(); at != "4.1" || !strings.Contains(eval[string](b, `document.querySelector("li.here .none").textContent`), "no such step") {
		t.Errorf("next packet: at %s", at)
	}
	b.press("u")
	if !shown("#answers") {
		t.Error("u does not show all")
	}
	b.press("A")
	if !shown("#answer") {
		t.Error("A does not show the answer")
	}
}

// TestCompareRoom: on opening, the first difference and its row are in view; the controls stay in view; on
// the stage, the rows are as wide as the window.
func TestCompareRoom(t *testing.T) {
	b := opened(t, withFault(t, "flask-demo", "forward-drop"), "", 1280, 720)
	inView := func(selector string) bool {
		return eval[bool](b, `(() => { const r = document.querySelector(`+strconv.Quote(selector)+`).getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })()`)
	}
	for _, selector := range []string{"#difference", "#networks", "li.here", "#controls"} {
		if !inView(selector) {
			t.Errorf("on opening, %s is not in view", selector)
		}
	}
	for _, keys := range [][]string{{"n"}, {"s"}, {"n"}, {"["}} {
		b.press(keys...)
		for _, selector := range []string{"li.here", "#controls"} {
			if !inView(selector) {
				t.Errorf("after %v, %s is not in view", keys, selector)
			}
		}
	}
	if width := eval[float64](b, `document.querySelector("li.here").getBoundingClientRect().width`); width < 1200 {
		t.Errorf("on the stage, a row is %v px wide", width)
	}
}

// TestCompareLink: an address leads to a row, and the filter to packets.
func TestCompareLink(t *testing.T) {
	b := opened(t, withFault(t, "dnat-plain", "redirect"), "#B4.2", 1200, 900)
	b.until(`document.querySelector("li.here").id === "B4.2"`)
	b.do(chromedp.SendKeys("#filter input", "rst-ack", chromedp.ByQuery))
	b.until(`document.querySelectorAll("#list [data-packet]:not(.filtered)").length === 1`)
}

// TestCompareAlike: if no packet fares differently, the page says so, and what differs.
func TestCompareAlike(t *testing.T) {
	b := opened(t, withFault(t, "flask-demo", "docker-user-port"), "", 1200, 900)
	for _, want := range []string{"fares the same", "DOCKER-USER", "does not match #3"} {
		if !strings.Contains(eval[string](b, `document.body.innerText`), want) {
			t.Errorf("no %q", want)
		}
	}
}

// TestCompareRequests: requests that differ come before the packets that do, each on a line of its own.
func TestCompareRequests(t *testing.T) {
	b := opened(t, withFault(t, "metadata-dnat", "port-8080"), "", 1280, 720)
	if !eval[bool](b, `document.querySelector("#requests").getBoundingClientRect().bottom <= document.querySelector("#difference").getBoundingClientRect().top`) {
		t.Error("the requests do not come first")
	}
	if lines := eval[string](b, `document.querySelector("#requests").innerText`); !strings.Contains(lines, "/\nrequest 2: container") && !strings.Contains(lines, "/\n\nrequest 2: container") {
		t.Errorf("requests: %q", lines)
	}
}

// TestCompareSizes: nothing is wider than the window, from a phone to a large screen.
func TestCompareSizes(t *testing.T) {
	text := withFault(t, "egress-needs", "no-masquerade")
	for _, width := range []int{360, 800, 1200, 2560} {
		b := opened(t, text, "", width, 800)
		if got := eval[int](b, `document.documentElement.scrollWidth`); got > width {
			t.Errorf("%d px: the page is %d px wide", width, got)
		}
	}
}

// TestCompareNoScript: without a script, everything is shown.
func TestCompareNoScript(t *testing.T) {
	b := unscripted(t, withFault(t, "flask-demo", "forward-drop"), 1200, 900)
	var seen string
	b.do(chromedp.Text("body", &seen, chromedp.ByQuery))
	for _, want := range []string{"First difference", "no such step", "not in B: host does not have this rule", "policy drop", "200 Hello", "only in A"} {
		if !strings.Contains(seen, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if strings.Contains(seen, "filter:") {
		t.Error("the filter is shown")
	}
}

// TestComparePrint: printed, the page is a handout, with the differences and the answer on a page of their own.
func TestComparePrint(t *testing.T) {
	b := opened(t, withFault(t, "flask-demo", "forward-drop"), "", 1200, 900)
	var pdf []byte
	b.do(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).WithPaperWidth(8.27).WithPaperHeight(11.69).Do(ctx)
		return err
	}))
	if n := strings.Count(string(pdf), "/Type /Page\n"); n != 2 {
		t.Errorf("%d sheets", n)
	}
	b.do(emulation.SetEmulatedMedia().WithMedia("print"))
	top := func(id string) float64 {
		return eval[float64](b, `document.getElementById("`+id+`").getBoundingClientRect().top`)
	}
	for i, ids := 1, []string{"question", "networks", "difference", "answer"}; i < len(ids); i++ {
		if top(ids[i-1]) >= top(ids[i]) {
			t.Errorf("%s is not before %s", ids[i-1], ids[i])
		}
	}
}

// TestCompareLessons: texts that differ have the letter of their side, and others none.
func TestCompareLessons(t *testing.T) {
	letters := func(a, b *trace.Trace, id string) (list []string) {
		for _, s := range every(parsed(t, compared(t, a, b)), "section id") {
			if attr(s, "id") == id {
				for _, h := range every(s, "h3") {
					list = append(list, text(h))
				}
			}
		}
		return list
	}
	a, b := recorded(t, "flask-demo", ""), recorded(t, "flask-demo", "forward-drop")
	for _, id := range []string{"story", "question", "answer"} {
		if got := letters(a, b, id); !slices.Equal(got, []string{"A", "B"}) {
			t.Errorf("%s: %q", id, got)
		}
		if got := letters(a, a, id); len(got) > 0 {
			t.Errorf("%s of equal traces: %q", id, got)
		}
	}
}
