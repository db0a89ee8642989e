package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync"
)

//go:embed html/*.html script/*.js style/*.css
var files embed.FS

// policy is the document's Content Security Policy: nothing but its own script and style.
func policy(script, style string) string {
	const form = "default-src 'none'; script-src '%s'; style-src '%s'; base-uri 'none'; form-action 'none'"
	return fmt.Sprintf(form, digest(script), digest(style))
}

// digest returns the hash of a text as a source of the policy.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// joined returns the contents of embedded files of a kind, in the order of their names.
func joined(pattern string) (string, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return "", err
		}
		out.WriteString(squeezed(string(text)))
	}
	return out.String(), nil
}

// squeezed returns a script or a style without what a browser ignores: indentation, empty lines,
// and lines with a comment. No string of ours spans lines.
func squeezed(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "//") && !strings.HasPrefix(line, "/*") {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

// templates returns the parsed templates. They are parsed once, when they are needed first.
var templates = sync.OnceValue(func() *template.Template {
	functions := template.FuncMap{"pair": func(l *labels, v any) labeled { return labeled{l, v} }}
	return template.Must(template.New("").Funcs(functions).ParseFS(files, "html/*.html"))
})

// labeled is a value with the words around it.
type labeled struct {
	Labels *labels
	Value  any
}
