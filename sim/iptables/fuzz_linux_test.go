package iptables

import (
	"strings"
	"testing"
)

// sound checks what must hold for any decoded rule.
func sound(t *testing.T, r Rule) {
	t.Helper()
	text := r.String()
	for _, c := range text {
		if _, jump := r.Target.(Jump); !jump && (c < ' ' || c == 0x7f) {
			t.Errorf("control character in %q", text)
		}
	}
	if !understood(r) {
		if !strings.Contains(text, "[") {
			t.Errorf("not understood and not shown: %s", text)
		}
		return
	}
	// Its text means the same rule, unless it names a chain that iptables could not create.
	if chain, ok := calls(r.Target); ok && chainNameProblem(chain) != "" {
		return
	} else if again, err := ParseRule(text); err != nil {
		t.Errorf("%q: %v", text, err)
	} else if again.String() != text {
		t.Errorf("%q reads as %q", text, again)
	}
	// It must be writable.
	r.Target = nil
	table := Table{Name: "filter", Chains: []Chain{{Name: "X", Rules: []Rule{r}}}}
	if p := table.Validate(); len(p) != 0 {
		t.Errorf("%s: %v", text, p)
	}
}

func FuzzExpressions(f *testing.F) {
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := decodeExpressions(IPv4, b); err == nil {
			sound(t, r)
		}
	})
}

func FuzzXt(f *testing.F) {
	f.Fuzz(func(t *testing.T, target bool, name string, rev uint32, protocol byte, not bool, info []byte) {
		r := Rule{Protocol: Protocol{ProtocolNumber(protocol), not && protocol != 0}}
		if target {
			r.Target = decodeTarget(xtension{IPv4, true, name, rev, info}, r.Protocol)
		} else {
			r.Matches = []Match{decodeMatch(xtension{IPv4, false, name, rev, info}, r.Protocol)}
		}
		sound(t, r)
	})
}

func FuzzMessages(f *testing.F) {
	f.Fuzz(func(t *testing.T, chain, rule []byte) {
		rs, err := assemble(IPv4, [][]byte{chain}, [][]byte{rule})
		if err != nil {
			return
		}
		for i := range rs {
			for _, l := range rs[i].List() {
				if l == "" {
					t.Error("empty line")
				}
			}
		}
	})
}
