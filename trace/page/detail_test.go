package page

import (
	"strconv"
	"testing"

	"tracer/scenarios"
)

// TestFrames: the details of each stop show its frame, or refer to an earlier stop of the same
// packet that has the same frame, byte by byte.
func TestFrames(t *testing.T) {
	referred := 0
	for _, name := range scenarios.Names() {
		tr := recorded(t, name, "")
		order := newOrder(tr)
		details := map[int][2]int{} // by moment: the moment of the same frame, and the elements with a frame
		for _, d := range every(parsed(t, inflated(t, parsed(t, written(t, tr)), "details")), "div data-detail") {
			at, _ := strconv.Atoi(attr(d, "data-detail"))
			same, _ := strconv.Atoi(attr(d, "data-same"))
			details[at] = [2]int{same, len(every(d, "pre"))}
		}
		for i := range tr.Journeys {
			j := &tr.Journeys[i]
			frames := map[int]string{} // by moment
			for stop := range j.Hops {
				frame := tr.Frame(j.Hops[stop].Frame)
				if frame == nil {
					continue
				}
				at := order.first[i][stop+1] - 1
				frames[at] = string(frame.Data)
				same, shown := details[at][0], details[at][1]
				switch {
				case same == 0 && shown != 1:
					t.Errorf("%s: packet %d, stop %d: %d frames", name, j.ID, stop, shown)
				case same != 0 && (shown != 0 || details[same][1] != 1 || frames[same] != frames[at] || same >= at):
					t.Errorf("%s: packet %d, stop %d: the frame is not that of moment %d", name, j.ID, stop, same)
				case same != 0:
					referred++
				}
			}
		}
	}
	if referred == 0 {
		t.Error("no frame is referred to")
	}
}

// TestSameFrame: where a packet is unchanged, its frame is shown without marks.
func TestSameFrame(t *testing.T) {
	b := opened(t, written(t, recorded(t, "flask-demo", "")), "#3.16", 1400, 900)
	const shown = `document.querySelector("#details [data-detail] > div")`
	b.until(here + `.id === "3.16" && ` + shown + ` && ` + shown + `.querySelector("mark")`)
	changed := eval[string](b, shown+".textContent")
	for _, at := range []string{"3.17", "3.18"} {
		b.press("]")
		b.until(here + `.id === "` + at + `" && ` + shown + ` && !` + shown + `.querySelector("mark")`)
		if eval[string](b, shown+".textContent") != changed {
			t.Errorf("at %s, the frame is another", at)
		}
	}
}
