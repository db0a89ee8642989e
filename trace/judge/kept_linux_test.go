package judge

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKept: small networks whose traces once contained a false statement.
func TestKept(t *testing.T) {
	files, err := filepath.Glob("testdata/kept/*.net")
	if err != nil || len(files) == 0 {
		t.Fatalf("no networks: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".net"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			n, err := Parse(string(text))
			if err != nil {
				t.Fatal(err)
			}
			v := judge(t, n)
			for _, f := range v.False {
				t.Errorf("%s: %s", f.Class, f.Text)
			}
			t.Log(v.Stated, v.Unknown)
		})
	}
}
