package iptables

import (
	"slices"
	"strings"
	"testing"
)

// TestDoAsIptables: commands have the same effect with Do and with the iptables command.
func TestDoAsIptables(t *testing.T) {
	ours, theirs := newNamespace(t), newNamespace(t)
	for _, c := range commands {
		theirs.run(t, "", "iptables", strings.Fields(c)...)
	}
	if err := ours.apply(commanded(t, commands...)); err != nil {
		t.Fatal(err)
	}
	for _, table := range tableNames() {
		if got, want := ours.iptablesS(t, table), theirs.iptablesS(t, table); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\niptables made\n%s", table, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}
