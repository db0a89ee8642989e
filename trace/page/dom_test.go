package page

import (
	"compress/flate"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// parsed returns the document of a page.
func parsed(t *testing.T, text string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// every returns the elements with a name, in the order of the document. Unlike in a
// selector, an attribute that follows the name need only be present: "li data-place".
func every(n *html.Node, what string) (list []*html.Node) {
	name, key, _ := strings.Cut(what, " ")
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && (name == "*" || c.Data == name) && (key == "" || has(c, key)) {
			list = append(list, c)
		}
	}
	return list
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// attr returns an attribute, or "".
func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// text returns the text in an element.
func text(n *html.Node) string {
	var out strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			out.WriteString(c.Data)
		}
	}
	return out.String()
}

// inflated returns the HTML of the chunks whose names begin with a word.
func inflated(t *testing.T, doc *html.Node, kind string) string {
	t.Helper()
	var out strings.Builder
	for _, s := range every(doc, "script id") {
		if !strings.HasPrefix(attr(s, "id"), kind) {
			continue
		}
		all, err := io.ReadAll(flate.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text(s)))))
		if err != nil {
			t.Fatal(err)
		}
		var before, seen []string
		for block := range strings.SplitSeq(string(all), "\f") {
			lines := strings.Split(block, "\n")
			for i, l := range lines {
				switch number, earlier := strings.CutPrefix(l, "="); {
				case earlier:
					k, err := strconv.ParseInt(number, 36, 32)
					if err != nil {
						t.Fatal(err)
					}
					lines[i] = seen[k]
				case l == "":
					lines[i] = before[i]
				default:
					seen = append(seen, l)
				}
			}
			before = lines
			out.WriteString(strings.Join(lines, "\n"))
		}
	}
	return out.String()
}
