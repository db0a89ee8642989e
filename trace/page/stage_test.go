package page

import "testing"

// displayed lists which of the parts that share the stage are visible.
const displayed = `["task", "answer", "walk"].filter(id => find("#" + id).checkVisibility() && find("#" + id).textContent.trim()).join(" ")`

// TestStage: the stage shows the question at the start, then the steps, scrolled to the current one,
// and either text by its key.
func TestStage(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "", 1280, 720)
	want := func(when, what string) {
		t.Helper()
		b.until(`!walk.busy`)
		if got := eval[string](b, displayed); got != what {
			t.Errorf("%s, the stage shows %q, not %q", when, got, what)
		}
	}
	b.press("s")
	want("at the start", "task")
	if size := eval[string](b, `getComputedStyle(find("#task")).fontSize`); size < "28" {
		t.Errorf("the question has letters of %s", size)
	}
	b.press("n")
	b.until(here + `.id !== ""`)
	want("after n", "walk")
	for _, key := range []struct{ key, shows string }{{"A", "answer"}, {"i", "task"}, {"i", "walk"}, {"A", "answer"}} {
		b.press(key.key)
		want("after "+key.key, key.shows)
	}
	before := eval[string](b, here+".id")
	b.press("n")
	b.until(here + `.id !== "` + before + `"`)
	want("after another n", "walk")
	b.press("s", "n", "n", "s")
	b.until(`!walk.busy`)
	b.until(`((r, pane) => r.bottom > pane.top && r.top < pane.bottom)(` + here + `.getBoundingClientRect(), find("#walk").getBoundingClientRect())`)
}
