package page

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/escape"
	"tracer/trace/explain"
)

// hostile are texts that would do something in a document, a script, or a terminal.
var hostile = []string{
	"<script>alert(1)</script>", "</script><img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "' onmouseover='alert(1)", "<!--", "]]>", "</style><p>", "&lt;b&gt;&#x3c;b&#x3e;",
	"javascript:alert(1)", "data:text/html,<b>", "{{.}}", "${alert(1)}", "\x00\x1b[8m\x7f\u009b", "\u202e\u2066\u200f", "\u2028\u2029", "e" + strings.Repeat("\u0301", 40), "\xff\xfe", "数据包",
}

// TestHostile: any name, rule and text is inert. The page has the elements, and those attributes
// that matter, that it would have with harmless texts.
func TestHostile(t *testing.T) {
	for _, name := range []string{"flask-demo", "flush-nat"} {
		tr := recorded(t, name, "")
		harmless := skeleton(parsed(t, written(t, poisoned(tr, "x"))))
		for _, s := range hostile {
			page := written(t, poisoned(tr, s))
			if !utf8.ValidString(page) {
				t.Errorf("%q: not UTF-8", s)
			}
			doc := parsed(t, page)
			if got := skeleton(doc); got != harmless {
				t.Errorf("%q: the page has other elements", s)
			}
			shownWell(t, s, doc)
			for _, kind := range []string{"packets", "details"} {
				shownWell(t, s, parsed(t, inflated(t, doc, kind)))
			}
		}
	}
}

// shownWell checks that the text of a document is printable, and attributes do nothing.
func shownWell(t *testing.T, s string, doc *html.Node) {
	t.Helper()
	for c := range doc.Descendants() {
		if c.Type == html.CommentNode {
			t.Errorf("%q: a comment: %q", s, c.Data)
		}
		if c.Type == html.TextNode {
			for _, r := range c.Data {
				if r != '\n' && !escape.Printable(r) {
					t.Fatalf("%q: %q is shown: %q", s, r, c.Data)
				}
			}
		}
		for _, a := range c.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "style" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("%q: <%s %s=%q>", s, c.Data, a.Key, a.Val)
			}
		}
	}
}

// skeleton returns the elements of a document, with the names of their attributes. A drawing is
// an exception: a name with a slash in it cannot be that of a cable's end.
func skeleton(doc *html.Node) string {
	var out strings.Builder
	for _, e := range every(doc, "*") {
		if e.Parent.Data == "svg" && slices.Contains([]string{"path", "rect", "text", "circle"}, e.Data) {
			continue
		}
		out.WriteString("<" + e.Data)
		for _, a := range e.Attr {
			out.WriteString(" " + a.Key)
		}
	}
	return out.String()
}

// TestLong: long names break nothing: the drawing stays small, and the page is bounded.
func TestLong(t *testing.T) {
	tr := poisoned(recorded(t, "flask-demo", ""), strings.Repeat("long", 60))
	doc := parsed(t, written(t, tr))
	for _, r := range every(doc, "rect") {
		if w := attr(r, "width"); len(w) > 3 {
			t.Errorf("a box is %s wide", w)
		}
	}
}

// TestUnchanged: writing a page does not change the trace.
func TestUnchanged(t *testing.T) {
	a, b := recorded(t, "flush-nat", ""), recorded(t, "flush-nat", "")
	var out bytes.Buffer
	if err := Write(&out, a, Options{Language: explain.English()}); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Error("the trace was changed")
	}
}

// TestEmpty: there is a page for a trace with nothing in it, and for every fault.
func TestEmpty(t *testing.T) {
	written(t, &trace.Trace{})
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Faults {
			written(t, recorded(t, name, f.Name))
		}
	}
}
