package main

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tracer/scenarios"
)

// TestAlbum: the album has every lesson and fault, its links lead from page to page, and
// writing it again yields the same.
func TestAlbum(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "course")
	if err := exportAlbum(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	all := pages(t, dir)
	t.Run("complete", func(t *testing.T) { complete(t, all) })
	t.Run("links", func(t *testing.T) { links(t, all) })
	t.Run("order", func(t *testing.T) { ordered(t, all) })
	t.Run("size", func(t *testing.T) { small(t, dir) })
	t.Run("again", func(t *testing.T) { again(t, dir) })
}

// pages returns the documents in a directory, by the names of their files.
func pages(t *testing.T, dir string) map[string]*html.Node {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.html"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*html.Node{}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)], err = html.Parse(f)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// element is an element of a document.
type element struct {
	*html.Node
	attributes map[string]string
}

// elements returns the elements of a document that have an attribute.
func elements(doc *html.Node, key string) (list []element) {
	for n := range doc.Descendants() {
		e := element{n, map[string]string{}}
		for _, a := range n.Attr {
			e.attributes[a.Key] = a.Val
		}
		if _, has := e.attributes[key]; has {
			list = append(list, e)
		}
	}
	return list
}

// text returns the text in an element.
func (e element) text() string {
	var b strings.Builder
	for n := range e.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return b.String()
}

// complete: every lesson and every fault has a page.
func complete(t *testing.T, all map[string]*html.Node) {
	want := []string{"index.html"}
	for _, name := range scenarios.Names() {
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, name+".html")
		for _, f := range s.Faults {
			want = append(want, name+"@"+f.Name+".html")
		}
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

// small: the lessons' pages are small enough to be carried around.
func small(t *testing.T, dir string) {
	all := int64(0)
	for _, name := range scenarios.Names() {
		info, err := os.Stat(filepath.Join(dir, address(name, "")))
		if err != nil {
			t.Fatal(err)
		}
		all += info.Size()
	}
	if t.Logf("%d bytes", all); all > 2_300_000 {
		t.Errorf("the lessons' pages have %d bytes", all)
	}
}

// links: every link leads to a place in the album, and the index to every page.
func links(t *testing.T, all map[string]*html.Node) {
	linked := map[string]bool{}
	for name, doc := range all {
		ids := map[string]bool{}
		for _, e := range elements(doc, "id") {
			if id := e.attributes["id"]; ids[id] {
				t.Errorf("%s: two elements are called %s", name, id)
			} else {
				ids[id] = true
			}
		}
		for _, e := range elements(doc, "href") {
			u, err := url.Parse(e.attributes["href"])
			if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(u.Path, "/") {
				t.Errorf("%s: %s is not a relative link: %v", name, e.attributes["href"], err)
				continue
			}
			to := all[u.Path]
			if u.Path == "" {
				to = doc
			}
			if to == nil {
				t.Errorf("%s: there is no %s", name, u.Path)
				continue
			}
			if name == indexFile {
				linked[u.Path] = true
			}
			if u.Fragment != "" && !slices.ContainsFunc(elements(to, "id"), func(e element) bool { return e.attributes["id"] == u.Fragment }) {
				t.Errorf("%s: %s has no %s", name, u.Path, u.Fragment)
			}
		}
	}
	for name := range all {
		if name != indexFile && !linked[name] {
			t.Errorf("the index does not lead to %s", name)
		}
	}
}

// ordered: the index lists the lessons as "tracer list" does, and from page to page they
// follow in the same order, there and back.
func ordered(t *testing.T, all map[string]*html.Node) {
	listed, err := listing(10_000)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(listed) {
		before, _, lesson := strings.Cut(line, " min ")
		words := strings.Fields(before)
		if lesson {
			names = append(names, words[len(words)-2]) // then come the minutes
		}
	}
	var entries []string
	for _, e := range elements(all[indexFile], "id") {
		entries = append(entries, e.attributes["id"])
		s, err := scenarios.Load(e.attributes["id"])
		if err != nil {
			t.Error(err)
			continue
		}
		about := strings.Join(strings.Fields(e.text()), " ")
		for _, want := range append([]string{s.Title, strings.Join(strings.Fields(s.Headline()), " ")}, append(s.After, faultNames(s)...)...) {
			if !strings.Contains(about, want) {
				t.Errorf("%s: %q is not in %q", s.Name, want, about)
			}
		}
	}
	if len(names) != len(scenarios.Names()) || !slices.Equal(entries, names) {
		t.Errorf("the index lists\n%v, not\n%v", entries, names)
	}
	to := func(name, rel string) string {
		for _, e := range elements(all[name], "rel") {
			if e.attributes["rel"] == rel {
				return e.attributes["href"]
			}
		}
		return ""
	}
	for i, name := range names {
		before, after := "", ""
		if i > 0 {
			before = names[i-1] + ".html"
		}
		if i+1 < len(names) {
			after = names[i+1] + ".html"
		}
		s, err := scenarios.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, fault := range append([]string{""}, faultNames(s)...) {
			page := address(name, fault)
			if p, n := to(page, "prev"), to(page, "next"); p != before || n != after {
				t.Errorf("%s is between %q and %q, not %q and %q", page, p, n, before, after)
			}
		}
	}
}

// again: another album is the same, byte by byte. It replaces the first, but no page of
// somebody else, and none at all if it is interrupted.
func again(t *testing.T, dir string) {
	first := contents(t, dir)
	if err := exportAlbum(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(first, contents(t, dir)) {
		t.Error("two albums differ")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := exportAlbum(ctx, dir); !errors.Is(err, errInterrupted) || !maps.Equal(first, contents(t, dir)) {
		t.Errorf("interrupted: %v", err)
	}
	mine := filepath.Join(dir, "mine.html")
	if err := os.WriteFile(mine, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := exportAlbum(t.Context(), dir); err == nil || !strings.Contains(err.Error(), mine) {
		t.Errorf("beside a page that tracer did not write: %v", err)
	}
}

// contents returns the files in a directory.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}
