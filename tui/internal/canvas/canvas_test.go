package canvas

import (
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"tracer/trace/escape"
)

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "abc": 3, "é": 1, "e\u0301": 1, "数据包": 6, "пакет": 5, "a\tb": 3, "\x1b[31m": 5, "→": 1, "\xff\xfe": 2, "👩": 2, "👩\u200d💻": 1, "\u200b": 1, "\u0085": 1,
	} {
		if got := Width(s); got != want {
			t.Errorf("%q takes %d cells, not %d", s, got, want)
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		text   string
		w      int
		ascii  bool
		want   string
		column int
	}{
		{"hello", 10, false, "hello", 5},
		{"hello", 3, false, "hel", 3},
		{"数据包", 5, false, "数据", 4},
		{"数据包", 6, false, "数据包", 6},
		{"数据", 10, true, "????", 4},
		{"a→b", 10, true, "a?b", 3},
		{"a\x1b[31mb\x07\r\nc", 20, false, "a·[31mb···c", 11},
		{"\x07", 20, true, "?", 1},
		{"\xff\u009bm", 20, false, "··m", 3},
		{"e\u0301", 20, false, "e\u0301", 1},
		{"a\u202eb\u2066\u061cc\u2028", 20, false, "a·b··c·", 7},
		{"\u3164\ue000\uffff\u00a0", 20, false, "····", 4},
		{"a\u200d\U000e0041", 20, false, "·", 1},
		{"a" + strings.Repeat("\u0301", 9), 20, false, "·", 1},
	} {
		s := New(c.w, 1, c.ascii)
		if x := s.All().Text(0, 0, c.text, Style{}); x != c.column {
			t.Errorf("%q: column %d, not %d", c.text, x, c.column)
		}
		if got := s.String(); got != c.want {
			t.Errorf("%q: %q, not %q", c.text, got, c.want)
		}
	}
}

func TestAreaIsNotLeft(t *testing.T) {
	s := New(8, 3, false)
	s.All().Fill("#", Style{})
	a := s.All().Sub(2, 1, 4, 1)
	for _, y := range []int{-1, 0, 1} {
		a.Text(0, y, "数据包a", Style{})
		a.Line(y, "long long text", Style{})
	}
	a.Text(-1, 0, "x", Style{})
	if want := "########\n##lon…##\n########"; s.String() != want {
		t.Errorf("%s", s)
	}
	for _, r := range [][4]int{{0, 0, 0, 0}, {-3, -3, 4, 4}, {7, 2, 9, 9}, {20, 20, 2, 2}, {3, 1, -5, 1}} {
		b := s.All().Sub(r[0], r[1], r[2], r[3])
		if b.W < 0 || b.H < 0 || b.x+b.W > 8 || b.y+b.H > 3 || b.x < 0 || b.y < 0 {
			t.Errorf("%v: %+v", r, b)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		s     string
		cells int
		want  string
	}{
		{"hello", 5, "hello"}, {"hello", 4, "hel…"}, {"hello", 1, "…"}, {"hello", 0, ""}, {"数据包", 5, "数据…"}, {"数据包", 4, "数…"}, {"", 0, ""},
	} {
		if got := Cut(c.s, c.cells, "…"); got != c.want || Width(got) > c.cells {
			t.Errorf("%q in %d: %q, not %q", c.s, c.cells, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		s     string
		cells int
		want  []string
	}{
		{"", 5, []string{""}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 3, []string{"one", "two", "thr", "ee"}},
		{"数据包 经过", 4, []string{"数据", "包", "经过"}},
		{"数", 1, []string{"数"}}, // the minimum
		{"a", 0, nil},
		{"a  b", 9, []string{"a  b"}},
	} {
		if got := Wrap(c.s, c.cells); !slices.Equal(got, c.want) {
			t.Errorf("%q in %d: %q, not %q", c.s, c.cells, got, c.want)
		}
	}
}

// FuzzText: whatever is drawn, no line is wider than the canvas, and the output contains
// nothing that controls a terminal.
func FuzzText(f *testing.F) {
	for _, s := range []string{"plain", "数据包", "\x1b]0;title\x07", "👩‍💻é\xff", "\u202eabc", "\u009b31m"} {
		f.Add(s, 5, true)
		f.Add(s, 7, false)
	}
	f.Fuzz(func(t *testing.T, text string, w int, ascii bool) {
		w = 1 + (w&0xff)%80
		s := New(w, 2, ascii)
		s.All().Text(0, 0, text, Style{})
		s.All().Line(1, text, Style{Attrs: Bold})
		out := s.String()
		for _, line := range strings.Split(ansi.Strip(out), "\n") {
			if ansi.StringWidth(line) > w {
				t.Errorf("%q is %d cells wide, not %d", line, ansi.StringWidth(line), w)
			}
			for _, r := range line {
				if !escape.Printable(r) || ascii && r >= 0x80 {
					t.Errorf("%q came out", r)
				}
			}
		}
		for _, line := range Wrap(text, w) {
			if Width(line) > max(w, 2) {
				t.Errorf("a line of %d cells, not %d", Width(line), w)
			}
		}
	})
}
