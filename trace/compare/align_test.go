package compare

import (
	"strings"
	"testing"
)

// TestAlign: a longest common subsequence, whichever list comes first.
func TestAlign(t *testing.T) {
	for _, w := range []struct {
		a, b string
		n    int
	}{{"", "abc", 0}, {"abc", "abc", 3}, {"abcd", "acbd", 3}, {"xaby", "aby", 3}, {"ab", "ba", 1}, {"aaab", "ab", 2}} {
		a, b := strings.Split(w.a, ""), strings.Split(w.b, "")
		pairs, swapped := align(a, b), align(b, a)
		if len(pairs) != w.n || len(swapped) != w.n {
			t.Errorf("%q and %q: %v, %v", w.a, w.b, pairs, swapped)
		}
		for i, p := range pairs {
			if a[p[0]] != b[p[1]] || swapped[i] != [2]int{p[1], p[0]} {
				t.Errorf("%q and %q: %v, %v", w.a, w.b, pairs, swapped)
			}
		}
	}
}
