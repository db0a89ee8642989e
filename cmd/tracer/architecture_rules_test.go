package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// enginePackage is the package whose types are hidden behind sim/rule. engineUsers are the
// packages that may name them.
const enginePackage = "tracer/sim/iptables"

var engineUsers = []string{"sim/iptables", "sim/docker"}

// TestEngineTypes: rules are passed around as types of sim/rule. Outside engineUsers, code
// (including tests) may call an engine's functions, but must not name its types.
func TestEngineTypes(t *testing.T) {
	root := filepath.Join("..", "..")
	types := map[string]bool{}
	parseAll(t, filepath.Join(root, strings.TrimPrefix(enginePackage, "tracer/")), func(_ string, file *ast.File) {
		for _, d := range file.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				for _, s := range g.Specs {
					types[s.(*ast.TypeSpec).Name.Name] = true
				}
			}
		}
	})
	if !types["Ruleset"] || !types["Rule"] {
		t.Fatalf("types of %s: %v", enginePackage, types)
	}
	parseAll(t, root, func(name string, file *ast.File) {
		pkg := importedAs(file, enginePackage)
		if pkg == "" || slices.Contains(engineUsers, path.Dir(name)) {
			return
		}
		if pkg == "." {
			t.Errorf("%s imports all names of %s", name, enginePackage)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok || !types[s.Sel.Name] {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == pkg {
				t.Errorf("%s names %s.%s; use the types of sim/rule", name, pkg, s.Sel.Name)
			}
			return true
		})
	})
}

// parseAll parses all Go files below a directory. Their names are relative to it.
func parseAll(t *testing.T, root string, f func(name string, file *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), p, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		f(filepath.ToSlash(rel), file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// importedAs returns the name under which a file imports a package, or "".
func importedAs(file *ast.File, pkg string) string {
	for _, spec := range file.Imports {
		if p, _ := strconv.Unquote(spec.Path.Value); p != pkg {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(pkg)
	}
	return ""
}
