package page

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"tracer/scenarios"
)

// TestPolicy: the policy allows the document's own script and style, and the document needs
// nothing else.
func TestPolicy(t *testing.T) {
	for _, name := range scenarios.Names() {
		doc := parsed(t, written(t, recorded(t, name, "")))
		want := "default-src 'none'"
		for _, kind := range []string{"script", "style"} {
			want += "; " + kind + "-src"
			for _, e := range every(doc, kind) {
				if attr(e, "type") != "text/plain" {
					want += source(text(e))
				}
			}
			if kind == "script" {
				want += source(inflated(t, doc, "walk-script"))
			}
		}
		want += "; base-uri 'none'; form-action 'none'"
		if got := attr(every(doc, "meta http-equiv")[0], "content"); got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
		for _, e := range every(doc, "*") {
			for _, a := range e.Attr {
				outside := (a.Key == "href" || a.Key == "src" || a.Key == "action") && !strings.HasPrefix(a.Val, "#")
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || outside {
					t.Errorf("%s: <%s %s=%q>", name, e.Data, a.Key, a.Val)
				}
			}
		}
	}
}

// source returns the hash of a text, as the policy has it.
func source(text string) string {
	sum := sha256.Sum256([]byte(text))
	return " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// TestScript: the script is short, calls nothing that the policy forbids, and says nothing.
func TestScript(t *testing.T) {
	script, err := walkScript()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"</script", "<!--", "eval(", "fetch(", "XMLHttpRequest", "import(", "\"style\"", "textContent = \""} {
		if strings.Contains(script, s) {
			t.Errorf("the script contains %q", s)
		}
	}
	quoted := regexp.MustCompile("\"[^\"]*\"|'[^']*'|`[^`]*`")
	for _, s := range quoted.FindAllString(script, -1) {
		if strings.HasPrefix(s, `"use `) {
			continue
		}
		if regexp.MustCompile(`^.[A-Z]?[a-z]+( [a-z]+){1,}.$`).MatchString(s) && !strings.Contains(s, "article") {
			t.Errorf("%s may be words", s)
		}
	}
}

// TestTemplates: the templates have no words of their own; those come from the catalogue.
func TestTemplates(t *testing.T) {
	for _, part := range []string{"html"} {
		err := fs.WalkDir(files, part, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := files.ReadFile(path)
			if err != nil {
				return err
			}
			bare := regexp.MustCompile(`(?s)\{\{.*?\}\}|<[^>]*>`).ReplaceAllString(string(b), "")
			if words := regexp.MustCompile(`\pL{4,}`).FindAllString(html.UnescapeString(bare), -1); words != nil {
				t.Errorf("%s: %q", path, words)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
