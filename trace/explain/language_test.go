package explain

import (
	"fmt"
	"strings"
	"testing"

	"tracer/trace/doctor"
)

// TestCatalogue: every message has a text, and one about a number has as many forms as
// there are.
func TestCatalogue(t *testing.T) {
	for m, forms := range english {
		if m == 0 {
			continue // no message
		}
		if len(forms) < 1 || len(forms) > 2 || strings.Contains(strings.Join(forms, ""), "%!") {
			t.Errorf("message %d has the forms %q", m, forms)
		}
		for _, form := range forms {
			if form == "" || len(forms) > 1 && !strings.HasPrefix(form[strings.Index(form+"%", "%"):], "%[1]d") {
				t.Errorf("message %d: %q", m, form)
			}
		}
	}
	for _, f := range doctor.Features() {
		if remedies[f].cost == 0 {
			t.Errorf("it is not said what the lack of %s costs", f)
		}
	}
}

// TestPlural: a language chooses its forms itself; Russian has three.
func TestPlural(t *testing.T) {
	var words catalogue
	words[packets] = []string{"%[1]d пакет", "%[1]d пакета", "%[1]d пакетов"}
	russian := Language{catalogue: &words, plural: func(n int) int {
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
