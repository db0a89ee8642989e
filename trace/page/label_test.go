package page

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLabelInView: what changes stands below all boxes, a line for each field, and is whole, also on a phone.
func TestLabelInView(t *testing.T) {
	for _, name := range []string{"routing", "egress-needs"} {
		b := opened(t, written(t, recorded(t, name, "")), "", 1280, 720)
		for _, width := range []int64{1280, 1024, 400} {
			b.do(chromedp.EmulateViewport(width, 800))
			for _, bad := range eval[[]string](b, `(async () => {
				const bad = [];
				for (const m of entries.flatMap(e => e.turns)) {
					await go(m);
					if (change.getAttribute("visibility") !== "visible") continue;
					const label = change.getBoundingClientRect(), pane = find(".drawing").getBoundingClientRect();
					const boxes = Math.max(...all("svg > rect").map(r => r.getBoundingClientRect().bottom));
					if (label.top < boxes) bad.push(m + ": covers a box");
					if (label.left < pane.left - 1 || label.right > pane.right + 1 || label.bottom > pane.bottom + 1) bad.push(m + ": cut off");
					if (change.querySelectorAll("tspan").length !== all("p > b + mark", find("#said")).length) bad.push(m + ": a line is missing");
				}
				return bad;
			})()`) {
				t.Errorf("%s, %d wide: %s", name, width, bad)
			}
		}
	}
}
