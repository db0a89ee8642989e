package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the architecture: which of tracer's packages each package may import. Data
// flows one way: what is built, what is seen, what is shown.
var mayImport = map[string][]string{
	"sim/internal/nflink":     nil,
	"sim/iptables":            {"sim/internal/nflink", "sim/rule"},
	"sim/nft":                 {"sim/internal/nflink", "sim/rule"},
	"sim/confine":             nil,
	"sim/netns":               nil,
	"sim/rule":                nil,
	"sim/resolver":            nil,
	"sim/labtest":             {"sim/confine", "sim/netns"},
	"sim/traffic":             nil,
	"sim":                     {"sim/confine", "sim/netns", "sim/resolver", "sim/rule", "sim/traffic"},
	"sim/permit":              nil,
	"sim/docker":              {"sim", "sim/iptables", "sim/nft", "sim/resolver", "sim/rule"},
	"scenarios":               {"sim", "sim/docker", "sim/iptables", "sim/nft"},
	"scenarios/articles":      {"scenarios"},
	"trace":                   nil, // the model
	"trace/internal/nfevents": {"sim/confine", "trace/internal/coalesce"},
	"trace/internal/coalesce": nil,
	"trace/capture":           {"sim/confine", "sim/netns", "trace", "trace/internal/coalesce"},
	"trace/conntrack":         {"trace", "trace/internal/nfevents"},
	"trace/nftrace":           {"trace", "trace/conntrack", "trace/internal/nfevents"},
	"trace/netstate":          {"sim/iptables", "sim/nft", "sim/rule", "trace"},
	"trace/packet":            {"trace"},
	"trace/join":              {"trace", "trace/packet"},
	"trace/correlate":         {"sim/rule", "trace", "trace/conntrack", "trace/join", "trace/nftrace", "trace/packet"},
	"trace/live":              {"scenarios", "sim", "sim/docker", "sim/rule", "trace", "trace/capture", "trace/conntrack", "trace/correlate", "trace/expect", "trace/netstate", "trace/nftrace"},
	"trace/doctor":            nil,
	"trace/doctor/probe":      {"sim", "sim/confine", "sim/iptables", "sim/permit", "trace/capture", "trace/conntrack", "trace/doctor", "trace/nftrace"},
	"trace/expect":            {"scenarios", "trace", "trace/listing"},
	"trace/listing":           {"trace"},
	"trace/explain":           {"trace", "trace/doctor", "trace/escape"},
	"trace/filter":            {"trace"},
	"trace/dissect":           {"trace"},
	"trace/escape":            nil,
	"trace/savefile":          {"trace"},
	"trace/store":             nil,
	"trace/survey":            {"trace"},
	"trace/stitch":            {"trace", "trace/join", "trace/packet", "trace/savefile", "trace/survey"},
	"trace/export":            {"scenarios", "sim", "trace", "trace/compare", "trace/escape", "trace/explain", "trace/filter", "trace/packet", "trace/savefile", "trace/store"},
	"trace/netmap":            {"trace"},
	"trace/page":              {"trace", "trace/compare", "trace/dissect", "trace/escape", "trace/explain", "trace/netmap", "trace/outline", "trace/reveal"},
	"trace/outline":           {"trace", "trace/explain"},
	"trace/reveal":            {"trace", "trace/explain"},
	"trace/compare":           {"trace", "trace/explain"},
	"tui/internal/canvas":     {"trace/escape"},
	"tui/internal/painter":    {"trace", "trace/netmap", "tui/internal/canvas"},
	"tui":                     {"trace", "trace/compare", "trace/dissect", "trace/escape", "trace/explain", "trace/filter", "trace/netmap", "trace/outline", "trace/reveal", "tui/internal/canvas", "tui/internal/painter"},
	"docs/articles":           {"scenarios", "scenarios/articles"},
	"docs/screens":            nil,
	"docs/benchmarks":         nil,
	"docs/container":          nil,
	"cmd/tracer":              {"scenarios", "sim", "sim/confine", "sim/permit", "trace", "trace/compare", "trace/doctor", "trace/doctor/probe", "trace/escape", "trace/expect", "trace/explain", "trace/export", "trace/filter", "trace/listing", "trace/live", "trace/page", "trace/savefile", "trace/stitch", "trace/store", "tui"},

	// For tests only.
	"sim/labtest/browser":       {"sim/labtest"},
	"sim/labtest/dockerd":       {"sim/labtest", "sim/netns"},
	"trace/judge":               {"sim", "sim/docker", "sim/netns", "sim/rule", "trace"},
	"trace/internal/fakekernel": {"sim/rule", "trace", "trace/conntrack", "trace/nftrace"},
}

// TestImports checks the code, without tests, against mayImport.
func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") && path != root {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		seen[pkg] = true
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("package %s is not in the architecture", pkg)
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if ours, ok := strings.CutPrefix(name, "tracer/"); ok && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s, which %s must not", path, ours, pkg)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range maps.Keys(mayImport) {
		if !seen[pkg] {
			t.Errorf("package %s of the architecture does not exist", pkg)
		}
	}
}

// TestLinks: the model and the file readers do not depend, even indirectly, on labs or on
// packages that talk to the kernel.
func TestLinks(t *testing.T) {
	for _, pkg := range []string{"trace", "trace/packet", "trace/join", "trace/savefile", "trace/dissect", "trace/survey", "trace/stitch", "trace/explain", "trace/filter", "trace/listing", "trace/netmap", "trace/outline", "trace/page", "trace/reveal", "trace/compare", "tui"} {
		for _, dep := range dependencies(t, pkg, map[string]bool{}) {
			if strings.HasPrefix(dep, "tracer/sim") || strings.Contains(dep, "netlink") || strings.Contains(dep, "nftables") || strings.Contains(dep, "conntrack") {
				t.Errorf("%s links %s", pkg, dep)
			}
		}
	}
}

// dependencies returns the packages that one of tracer's packages imports, directly or
// through others of them. It does not follow packages outside tracer: of these, only the
// packages that TestLinks looks for import one another.
func dependencies(t *testing.T, pkg string, seen map[string]bool) (list []string) {
	t.Helper()
	if seen[pkg] {
		return nil
	}
	seen[pkg] = true
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pkg), "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has no files: %v", pkg, err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			list = append(list, name)
			if ours, ok := strings.CutPrefix(name, "tracer/"); ok {
				list = append(list, dependencies(t, ours, seen)...)
			}
		}
	}
	return list
}

// TestOneNamespacePackage: only sim/netns imports the package that switches the calling
// thread's network namespace. This includes tests.
func TestOneNamespacePackage(t *testing.T) {
	const place, wrapped = "sim/netns", "github.com/vishvananda/netns"
	root, found := filepath.Join("..", ".."), false
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			if name, _ := strconv.Unquote(spec.Path.Value); name != wrapped {
				continue
			}
			found = true
			if dir, err := filepath.Rel(root, filepath.Dir(path)); err != nil || filepath.ToSlash(dir) != place {
				t.Errorf("%s imports %s: %s is for that", path, wrapped, place)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		t.Errorf("%s does not import %s", place, wrapped)
	}
}

// TestTopLevel checks the top level of the repository, its first impression.
func TestTopLevel(t *testing.T) {
	want := []string{"cmd", "docs", "scenarios", "sim", "trace", "tui"}
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			got = append(got, e.Name())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the top level holds %v, not %v", got, want)
	}
}
