package explain_test

import (
	"slices"
	"testing"

	"tracer/scenarios"
	"tracer/trace/explain"
	"tracer/trace/export"
)

// TestVerdict: where a map gave the verdict, its element is shown. Chains that an accepted packet
// has yet to pass at the hook are named.
func TestVerdict(t *testing.T) {
	const (
		in        = "oifname vmap @filter-forward-in-jumps: @filter-forward-in-jumps { \"docker0\" : jump filter-forward-in__docker0 }"
		out       = "iifname vmap @filter-forward-out-jumps: @filter-forward-out-jumps { \"docker0\" : jump filter-forward-out__docker0 }"
		accepts   = "counter accept: accept is not final: still to come at this hook: "
		flask     = "ip daddr 172.17.0.2 tcp dport 5000 " + accepts
		published = "tcp dport 80 " + accepts
	)
	for _, c := range []struct {
		name, fault, packet string
		elements, followed  []string // each after its rule
	}{
		{"flask-nftables", "", "TCP SYN", []string{in}, nil},
		{"flask-nftables", "", "TCP SYN-ACK", []string{out}, nil},
		{"flask-nftables", "own-table", "TCP SYN", []string{in}, []string{flask + "inet own forward"}},
		{"accept-not-final", "", "TCP SYN", nil, []string{published + "inet filter input"}},
		{"accept-not-final", "in-both", "TCP SYN", nil, []string{published + "inet filter input"}},
		{"accept-not-final", "drop-first", "TCP SYN", nil, nil},
	} {
		file, err := scenarios.Recording(c.name, c.fault)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := export.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var elements, followed []string
		for i := range tr.Journeys {
			j := &tr.Journeys[i]
			if j.Summary != c.packet {
				continue
			}
			for _, r := range explain.English().Account(tr, explain.NewSigns(true)).Journey(j) {
				switch r.Kind {
				case explain.KindElement:
					elements = append(elements, r.Step.Text+": "+r.Text)
				case explain.KindFollowed:
					followed = append(followed, r.Step.Text+": "+r.Text)
				}
			}
			break
		}
		if !slices.Equal(elements, c.elements) {
			t.Errorf("%s %s, %s: the elements are %q, not %q", c.name, c.fault, c.packet, elements, c.elements)
		}
		if !slices.Equal(followed, c.followed) {
			t.Errorf("%s %s, %s: what follows is %q, not %q", c.name, c.fault, c.packet, followed, c.followed)
		}
	}
}
