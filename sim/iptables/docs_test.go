package iptables

import (
	"os"
	"strings"
	"testing"
)

// row describes a match or target as the guide does.
func row(flag string, e extension) string {
	var options []string
	for _, o := range e.about() {
		s := strings.TrimSpace(o.Names[0] + " " + o.Values)
		if o.Not {
			s = "[!] " + s
		}
		options = append(options, "`"+s+"`")
	}
	return "| `" + flag + " " + e.title() + "` | " + strings.Join(options, ", ") + " |"
}

// TestGuide: the guide lists every match and target with its options, and no others.
func TestGuide(t *testing.T) {
	text, err := os.ReadFile("../../docs/scenarios.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for l := range strings.Lines(string(text)) {
		if strings.HasPrefix(l, "| `-m ") || strings.HasPrefix(l, "| `-j ") {
			got = append(got, strings.TrimSpace(l))
		}
	}
	var want []string
	for _, e := range matchKinds {
		want = append(want, row("-m", e))
	}
	for _, e := range targetKinds {
		want = append(want, row("-j", e))
	}
	if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
		t.Errorf("docs/scenarios.md lists\n%s\nand should list\n%s", a, b)
	}
}
