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

// mayPrint are the files that may name standard output and standard error.
var mayPrint = map[string]string{
	"cmd/tracer/output.go":        "owns them",
	"sim/confine/reexec_linux.go": "hands them on to the second process",
	"sim/confine/root_linux.go":   "gives programs links of these names",
	"sim/labtest/main_linux.go":   "is for tests only",
	"docs/articles/main.go":       "is a program of its own",
	"docs/benchmarks/main.go":     "is a program of its own",
	"docs/container/main.go":      "is a program of its own",
	"docs/screens/main.go":        "is a program of its own",
}

// printers are functions and methods that print to an implicit destination: of package fmt,
// of Cobra's commands, of Bubble Tea.
var printers = []string{"Print", "Printf", "Println", "PrintErr", "PrintErrf", "PrintErrln"}

// TestOnePlacePrints: no output bypasses the escaping writer.
func TestOnePlacePrints(t *testing.T) {
	root := filepath.Join("..", "..")
	files := token.NewFileSet()
	printed := map[string]bool{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != root || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		for _, p := range printing(file, filepath.Dir(name)) {
			at := files.Position(p.Pos())
			if _, may := mayPrint[filepath.ToSlash(rel)]; !may {
				t.Errorf("%s:%d prints: see output.go", filepath.ToSlash(rel), at.Line)
			}
			printed[filepath.ToSlash(rel)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range mayPrint {
		if !printed[name] {
			t.Errorf("%s does not print", name)
		}
	}
}

// printing returns the places in a file that print, or name standard output or error.
func printing(file *ast.File, dir string) (found []ast.Node) {
	packages := map[string]string{} // by their names in the file
	for _, spec := range file.Imports {
		at, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(at)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		packages[name] = at
		if at == "log" || strings.HasPrefix(at, "log/") {
			found = append(found, spec)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			of := ""
			if x, ok := n.X.(*ast.Ident); ok {
				of = packages[x.Name]
			}
			switch {
			case (n.Sel.Name == "Stdout" || n.Sel.Name == "Stderr") && slices.Contains([]string{"os", "syscall", "golang.org/x/sys/unix"}, of),
				slices.Contains(printers, n.Sel.Name):
				found = append(found, n)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "println" || f.Name == "print") && !declares(dir, f.Name) {
				found = append(found, n)
			}
		case *ast.BasicLit:
			if s, _ := strconv.Unquote(n.Value); slices.Contains([]string{"/dev/tty", "/dev/stdout", "/dev/stderr", "/proc/self/fd/1", "/proc/self/fd/2"}, s) {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}

// declares reports whether a package declares a function with a builtin's name.
func declares(dir, name string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, f := range files {
		file, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			continue
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name {
				return true
			}
		}
	}
	return false
}

// TestPrintingIsFound checks that the test above can fail.
func TestPrintingIsFound(t *testing.T) {
	for _, body := range []string{
		"os.Stdout.WriteString(\"\")", "x := os.Stderr; _ = x", "fmt.Println()", "fmt.Print(1)", "println()", "print(1)",
		"cmd.Println()", "cmd.PrintErrf(\"\")", "log.Fatal()", "unix.Write(syscall.Stdout, nil)", `os.Open("/dev/tty")`, "y.Printf()",
	} {
		imports := `import ("fmt"; y "fmt"; "os"; "syscall")`
		if strings.Contains(body, "log.") {
			imports = `import "log"`
		}
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+imports+"\nfunc f() { "+body+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(printing(file, t.TempDir())) == 0 {
			t.Errorf("%s was not found", body)
		}
	}
}
