package articles

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed articles.yaml
var file []byte

// Article is one of the reference articles.
type Article struct {
	ID    string // "000"
	Title string // its subject
	Rows  []Row
}

// Row is one thing that an article shows or states. All texts but Shows may be empty.
type Row struct {
	ID      string // "000-01"
	Shows   string
	Says    string // where it errs: what it says
	Kernel  string // and what the kernel does instead
	Outside string // why it is not about networks; of a row with a proof: which part is left out, and why
	Open    string // what no scenario reproduces yet
}

// Load returns the articles. The error names every mistake in the file.
func Load() ([]Article, error) { return parse(file) }

func parse(text []byte) (list []Article, err error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("articles: %w", err)
	}
	var mistakes []error
	for i := range list {
		a := &list[i]
		if want := fmt.Sprintf("%03d", i); a.ID != want {
			mistakes = append(mistakes, fmt.Errorf("article %q must be %s", a.ID, want))
		}
		if !line(a.Title) {
			mistakes = append(mistakes, fmt.Errorf("article %s: its title is not one line", a.ID))
		}
		for k := range a.Rows {
			r := &a.Rows[k]
			if want := fmt.Sprintf("%s-%02d", a.ID, k+1); r.ID != want {
				mistakes = append(mistakes, fmt.Errorf("row %q must be %s", r.ID, want))
			}
			if err := r.check(); err != nil {
				mistakes = append(mistakes, fmt.Errorf("row %s: %w", r.ID, err))
			}
		}
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, fmt.Errorf("articles: %w", err)
	}
	return list, nil
}

// check returns an error if a row's texts do not go together.
func (r *Row) check() error {
	for _, s := range []string{r.Shows, r.Says, r.Kernel, r.Outside, r.Open} {
		if s != "" && !line(s) {
			return fmt.Errorf("%q is not one line", s)
		}
	}
	switch {
	case r.Shows == "":
		return errors.New("it does not say what the article shows")
	case (r.Says == "") != (r.Kernel == ""):
		return errors.New("it must have both says and kernel, or neither")
	case r.Outside != "" && r.Open != "":
		return errors.New("it must not have both outside and open")
	}
	return nil
}

// line reports whether a text is one line without blanks at its ends, and not empty.
func line(s string) bool {
	return s != "" && s == strings.TrimSpace(s) && !strings.ContainsAny(s, "\n\r\t")
}
