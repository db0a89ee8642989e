package page

import (
	"strings"
	"testing"
)

// TestRulesInView: the pane of rules shows the rule of the step, and none if it is about none.
func TestRulesInView(t *testing.T) {
	b := opened(t, written(t, recorded(t, "egress-needs", "")), "", 1280, 720)
	const this = `all("#rules .this").filter(e => e.checkVisibility())`
	eval[bool](b, `(async () => { for (const m of entries.flatMap(e => e.turns)) { await go(m); if (find("#said").textContent.includes("by this MASQUERADE")) return true; } return false; })()`)
	if got := eval[string](b, this+`.map(e => e.textContent).join()`); strings.Count(got, "MASQUERADE") != 1 {
		t.Errorf("the rule of the step is %q", got)
	}
	if said := eval[string](b, `find("#said").textContent`); !strings.HasPrefix(said, "nat POSTROUTING ") || !strings.Contains(said, "-j MASQUERADE") {
		t.Errorf("the step does not quote the rule: %q", said)
	}
	b.until(`((r, pane) => r.top >= pane.top - 1 && r.bottom <= pane.bottom + 1)(` + this + `[0].getBoundingClientRect(), find("#rules").getBoundingClientRect())`)
	b = opened(t, written(t, recorded(t, "flask-demo", "")), "#3.7", 1280, 720)
	b.until(here + `.id === "3.7"`)
	eval[bool](b, `(async () => { for (const m of entries.flatMap(e => e.turns)) { await go(m); if (find("#said").textContent.includes("the reverse of #3")) return true; } return false; })()`)
	if n := eval[int](b, this+`.length`); n != 0 {
		t.Errorf("conntrack is the cause, but %d rules are marked", n)
	}
}

// TestCounterless: nftables counts nothing where it has no counter, and nor does the page.
func TestCounterless(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-nftables", "")), "", 1280, 720)
	want := func(when, counted string) {
		t.Helper()
		for text, n := range map[string]string{"oifname vmap @filter-forward-in-jumps": "", "policy accept": "", "tcp dport 80 counter dnat": counted} {
			row := `all("#rules tbody tr").find(r => r.cells[1].textContent.includes("` + text + `"))`
			if got := eval[string](b, row+`.cells[0].textContent`); got != n {
				t.Errorf("%s, %s has counted %q, not %q", when, text, got, n)
			}
		}
	}
	want("at the start", "0")
	eval[bool](b, `(async () => { for (const m of entries.flatMap(e => e.turns)) { await go(m); if (find("#said").textContent.includes("vmap @filter-forward-in-jumps")) return true; } return false; })()`)
	want("at the lookup", "1")
	eval[bool](b, `(async () => { await go(walk.end); return true; })()`)
	want("at the end", "1")
}
