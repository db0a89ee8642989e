package page

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"tracer/trace"
	"tracer/trace/explain"
)

// many returns a trace with as many packets as asked for: those of a lesson again and again,
// without those in the background.
func many(t testing.TB, n int) *trace.Trace {
	t.Helper()
	tr := recorded(t, "flask-demo", "")
	var packets []trace.Journey
	for len(packets) < n {
		for _, j := range tr.Journeys {
			if !j.Background() && len(packets) < n {
				j.ID = len(packets) + 1
				packets = append(packets, j)
			}
		}
	}
	tr.Journeys = packets
	return tr
}

// The bounds of a page with ten thousand packets: what it should take, and what a slow machine
// that does other things at the same time may take.
const (
	tenThousand = 10_000
	mostBytes   = 3_500_000
	slow        = 3
	openWithin  = time.Second
	stepWithin  = 4 * time.Millisecond
	findWithin  = 200 * time.Millisecond
)

// BenchmarkWrite writes a page with ten thousand packets.
func BenchmarkWrite(b *testing.B) {
	tr := many(b, tenThousand)
	for b.Loop() {
		var out bytes.Buffer
		if err := Write(&out, tr, Options{Language: explain.English()}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len()), "bytes")
	}
}

// TestMany: ten thousand packets open, move and are searched without a pause that a reader
// notices.
func TestMany(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a large page")
	}
	text := written(t, many(t, tenThousand))
	if len(text) > mostBytes {
		t.Errorf("the page has %d bytes", len(text))
	}
	b := opened(t, text, "#9000.1", 1400, 900)
	b.until(here + `.id === "9000.1"`)
	within := func(what string, took float64, bound time.Duration) {
		t.Helper()
		t.Logf("%s: %.1f ms", what, took)
		if took > slow*float64(bound.Milliseconds()) {
			t.Errorf("%s takes %.0f ms, more than %d times %v", what, took, slow, bound)
		}
	}
	within("opening", eval[float64](b, `performance.getEntriesByType("navigation")[0].domComplete`), openWithin)
	before := b.used()
	const steps = 60
	eval[bool](b, fmt.Sprintf(`(async () => {
		for (let i = 0; i < %d; i++) {
			await go(walk.now + 1);
			await new Promise(requestAnimationFrame);
		}
		return true;
	})()`, steps))
	within("a step", (b.used()-before)/steps, stepWithin)
	eval[bool](b, `(field.value = "9876", filter(), read().then(() => true))`)
	within("a search", eval[float64](b, `(() => {
		field.value = "masquerade #98 !ack";
		const from = performance.now();
		filter();
		return performance.now() - from;
	})()`), findWithin)
}

// used returns the milliseconds of processor time that the page's script has used so far. Unlike
// elapsed time, they do not depend on what else the machine does.
func (b *tab) used() (ms float64) {
	b.Helper()
	b.do(chromedp.ActionFunc(func(ctx context.Context) error {
		if err := performance.Enable().WithTimeDomain(performance.EnableTimeDomainThreadTicks).Do(ctx); err != nil {
			return err
		}
		list, err := performance.GetMetrics().Do(ctx)
		for _, m := range list {
			if m.Name == "ScriptDuration" {
				ms = 1000 * m.Value
			}
		}
		return err
	}))
	return ms
}

// TestLongList: every row of a long list can be reached by keys, by scrolling and by a link, but
// only those in view are in the document.
func TestLongList(t *testing.T) {
	const n = 1500
	b := opened(t, written(t, many(t, n)), fmt.Sprintf("#%d.1", n-1), 1400, 900)
	b.until(here + fmt.Sprintf(`.id === "%d.1"`, n-1))
	inView := func(packet int) string {
		return fmt.Sprintf(`(r => r && r.top >= list.getBoundingClientRect().top - 1 && r.bottom <= list.getBoundingClientRect().bottom + 1)((list.querySelector('[data-packet="%d"]') || {getBoundingClientRect() {}}).getBoundingClientRect())`, packet)
	}
	eval[bool](b, `(rows.forEach(r => { r.opened = true; }), walk.changes++, offer(), true)`)
	b.until(inView(n - 1))
	if got := eval[int](b, `list.children.length`); got > 303 {
		t.Errorf("%d rows are in the document", got)
	}
	if eval[bool](b, fmt.Sprintf(`list.querySelector('[data-packet="%d"]') !== null`, n)) {
		t.Error("a packet that is ahead is in the list")
	}
	b.press("u", kb.ArrowDown)
	b.until(here + fmt.Sprintf(`.id === "%d.1"`, n))
	b.until(inView(n))
	for _, to := range []int{1, n / 2, n} { // positions are announced as in the whole list
		eval[bool](b, fmt.Sprintf(`(list.scrollTop = %d * height, true)`, to-1))
		b.until(inView(to))
		if at := eval[string](b, fmt.Sprintf(`(e => e.ariaPosInSet + " of " + e.ariaSetSize)(list.querySelector('[data-packet="%d"]'))`, to)); at != fmt.Sprintf("%d of %d", to, eval[int](b, "shown.length")) && to != n {
			t.Errorf("packet %d is %s", to, at)
		}
	}
	b.press("<")
	b.until(here + `.id === "1.1"`)
	b.until(inView(1))
	seen := eval[int](b, `(async () => {
		const seen = new Set();
		for (list.scrollTop = 0; ; list.scrollTop += list.clientHeight / 2) {
			await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
			for (const e of list.querySelectorAll("[data-packet]")) seen.add(e.dataset.packet);
			if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) return seen.size;
		}
	})()`)
	if seen != n {
		t.Errorf("scrolling shows %d packets, not %d", seen, n)
	}
	b.do(chromedp.SendKeys("#filter input", fmt.Sprintf("#%d masquerade", n-4), chromedp.ByQuery))
	b.until(`walk.read && shown.filter(r => r.name).length < 2`)
}
