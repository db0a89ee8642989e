package judge

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKept: small networks whose traces once contained a false statement.
func TestKept(t *testing.T) {
	each(t, func(t *testing.T, n *Network) {
		v := judge(t, n)
		for _, f := range v.False {
			t.Errorf("%s: %s", f.Class, f.Text)
		}
		t.Log(v.Stated, v.Unknown)
	})
}

// TestKeptCaptures: the same for traces of these networks made only from captures.
func TestKeptCaptures(t *testing.T) {
	if testing.Short() {
		t.Skip("long; TestCaptures takes the same path")
	}
	each(t, func(t *testing.T, n *Network) {
		v, err := judgeCaptures(t, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range v.False {
			t.Errorf("%s: %s", f.Class, f.Text)
		}
		t.Log(v.Stated, v.Unknown)
	})
}

// each runs a test with each kept network.
func each(t *testing.T, test func(*testing.T, *Network)) {
	t.Helper()
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
			test(t, n)
		})
	}
}
