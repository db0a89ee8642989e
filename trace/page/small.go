package page

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	minhtml "github.com/tdewolff/minify/v2/html"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed html/*.html script/*.js script/load/*.js style/*.css style/walk/*.css style/album/*.css script/compare/*.js style/compare/*.css
var files embed.FS

// templates returns the templates, which are made small once, when they are needed first.
var templates = sync.OnceValue(func() *template.Template { return template.Must(parse()) })

// The kinds of files.
const (
	scripts = "text/javascript"
	styles  = "text/css"
	markup  = "text/html"
)

// minifier makes our own files small. What the templates insert is never touched, so
// html/template escapes it for where it stands.
func minifier() *minify.M {
	m := minify.New()
	m.AddFunc(scripts, js.Minify)
	m.AddFunc(styles, css.Minify)
	m.Add(markup, &minhtml.Minifier{KeepDocumentTags: true, TemplateDelims: minhtml.GoTemplateDelims})
	return m
}

// small returns the minified contents of embedded files of a kind, in the order of their names.
func small(kind string, patterns ...string) (string, error) {
	var all strings.Builder
	for _, pattern := range patterns {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return "", err
		}
		for _, name := range names {
			text, err := files.ReadFile(name)
			if err != nil {
				return "", err
			}
			all.Write(text)
		}
	}
	out, err := minifier().String(kind, all.String())
	if err != nil {
		return "", fmt.Errorf("%s: %w", strings.Join(patterns, ", "), err)
	}
	return out, nil
}

// parse parses the templates.
func parse() (*template.Template, error) {
	text, err := small(markup, "html/*.html")
	if err != nil {
		return nil, err
	}
	functions := template.FuncMap{"pair": func(l *labels, v any) labeled { return labeled{l, v} }}
	return template.New("").Funcs(functions).Parse(text)
}

// labeled is a value with the words around it.
type labeled struct {
	Labels *labels
	Value  any
}
