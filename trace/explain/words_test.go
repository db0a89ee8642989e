package explain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// words matches text: two words with a space between them.
var words = regexp.MustCompile(`\p{L}{2,},? \p{L}{2,}`)

// commands matches commands, which are the same in each language.
var commands = regexp.MustCompile(`^sudo (sysctl|modprobe) `)

// TestOneCatalogue: all sentences of views are in the catalog. Exempt are errors, the help
// of commands and flags, and the words and complaints of file parsers.
func TestOneCatalogue(t *testing.T) {
	root := filepath.Join("..", "..")
	for _, dir := range []string{"trace/explain", "trace/compare", "trace/export", "trace/netmap", "trace/page", "tui"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(filepath.Base(path), "english") || strings.HasPrefix(filepath.Base(path), "read") {
				return err
			}
			return sentences(t, path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"doctor.go", "language.go", "results.go", "walk.go"} {
		if err := sentences(t, filepath.Join(root, "cmd", "tracer", name)); err != nil {
			t.Fatal(err)
		}
	}
}

// sentences reports the sentences in a file.
func sentences(t *testing.T, path string) error {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr: // errors, and text for programmers
			if f := called(n); slices.Contains([]string{"errors.New", "fmt.Errorf", "panic", "StringVar", "BoolVar"}, f) {
				return false
			}
		case *ast.Field:
			return n.Tag == nil
		case *ast.KeyValueExpr: // the help of a command
			if k, ok := n.Key.(*ast.Ident); ok && slices.Contains([]string{"Use", "Short", "Long", "Example"}, k.Name) {
				return false
			}
		case *ast.BasicLit:
			s, err := strconv.Unquote(n.Value)
			if n.Kind == token.STRING && err == nil && words.MatchString(s) && !commands.MatchString(s) {
				t.Errorf("%s: %q belongs in the catalogue", set.Position(n.Pos()), s)
			}
		}
		return true
	})
	return nil
}

// called returns the name of a called function, with its package.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok && (x.Name == "errors" || x.Name == "fmt") {
			return x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name
	}
	return ""
}
