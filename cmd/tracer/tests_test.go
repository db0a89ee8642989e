package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shared are calls that only sim/labtest makes, so that all tests get their peers and seeds
// in the same way.
var shared = map[string]string{
	"exec.LookPath":    "labtest.Peer",
	"rand.New":         "labtest.Random",
	"rand.NewPCG":      "labtest.Random",
	"rand.NewSource":   "labtest.Random",
	"rand.IntN":        "labtest.Random",
	"rand.Intn":        "labtest.Random",
	"rand.Uint32":      "labtest.Random",
	"rand.Uint64":      "labtest.Random",
	"rand.Perm":        "labtest.Random",
	"rand.Shuffle":     "labtest.Random",
	"maphash.MakeSeed": "labtest.Seed",
}

// TestSharedHelpers: no test uses random numbers that cannot be reproduced, or decides by
// itself what a missing program means.
func TestSharedHelpers(t *testing.T) {
	root, calls := filepath.Join("..", ".."), 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if !ok {
				return true
			}
			called := x.Name + "." + s.Sel.Name
			if instead := shared[called]; instead != "" {
				t.Errorf("%s: %s is for that, not %s", files.Position(s.Pos()), instead, called)
			}
			if slices.Contains([]string{"labtest.Peer", "labtest.Output", "labtest.Random", "labtest.Seed"}, called) {
				calls++
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls == 0 {
		t.Error("no test uses sim/labtest: nothing was looked at")
	}
}
