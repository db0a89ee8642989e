package explain

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tracer/trace/doctor"
)

// TestCatalogue: every message has its own text. One about a number has two forms, each
// with the number.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	files, err := filepath.Glob("english*.go")
	if err != nil || len(files) < 2 {
		t.Fatalf("the catalogue is in %v: %v", files, err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil || text == "" || seen[text] {
				t.Errorf("%s: %q is no text, or is there twice", spec.Names[0], text)
			}
			seen[text] = true
			forms := strings.Split(text, "|")
			for _, form := range forms {
				if len(forms) > 2 || len(forms) == 2 && !strings.Contains(form, "%[1]d") {
					t.Errorf("%s: %q", spec.Names[0], text)
				}
			}
			return false
		})
	}
	for _, f := range doctor.Features() {
		if remedies[f].cost == "" {
			t.Errorf("it is not said what the lack of %s costs", f)
		}
	}
}

// TestPlural: each language selects its own forms; Russian has three.
func TestPlural(t *testing.T) {
	words := map[Message]string{packets: "%[1]d пакет|%[1]d пакета|%[1]d пакетов"}
	russian := Language{catalogue: words, plural: func(n int) int {
		switch {
		case n%10 == 1 && n%100 != 11:
			return 0
		case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
			return 1
		}
		return 2
	}}
	for n, want := range map[int]string{0: "пакетов", 1: "пакет", 2: "пакета", 5: "пакетов", 11: "пакетов", 12: "пакетов", 21: "пакет", 104: "пакета", 112: "пакетов"} {
		if got := russian.Format(packets, n); got != fmt.Sprintf("%d %s", n, want) {
			t.Errorf("%s, want %d %s", got, n, want)
		}
	}
	for n, want := range map[uint64]string{0: "0 packets", 1: "1 packet", 2: "2 packets", 1<<64 - 1: "18446744073709551615 packets"} {
		if got := English().Format(packets, n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
