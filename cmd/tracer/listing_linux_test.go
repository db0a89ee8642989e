package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"tracer/sim/confine"
	"tracer/sim/labtest"
)

// TestListingOfNFT: nft reads what tracer prints of its rules, and prints the same, byte for byte.
func TestListingOfNFT(t *testing.T) {
	nft := labtest.Peer(t, "nft")
	if !confine.Capable() {
		t.Skip("nft needs a network namespace of the test's own")
	}
	for name, tables := range map[string][]string{
		"flask-nftables":   {"list ruleset", "-s list ruleset", "list table ip6 docker-bridges"},
		"accept-not-final": {"list ruleset", "list table inet web"},
	} {
		for _, command := range tables {
			words := strings.Fields(command)
			listed := tracer(t, append([]string{"show", name, "host", "nft"}, words...)...)
			if listed.code != 0 || listed.stdout == "" {
				t.Errorf("%s: nft %s: %+v", name, command, listed)
				continue
			}
			labtest.Do(t, labtest.Namespace(t), func() error {
				load := exec.Command(nft, "-f", "-")
				load.Stdin = strings.NewReader(listed.stdout)
				if out, err := load.CombinedOutput(); err != nil {
					return fmt.Errorf("%s: nft does not read its rules: %w\n%s\n%s", name, err, out, listed.stdout)
				}
				var printed bytes.Buffer
				again := exec.Command(nft, words...)
				again.Stdout = &printed
				if err := again.Run(); err != nil {
					return err
				}
				if printed.String() != listed.stdout {
					t.Errorf("%s: nft %s prints\n%s\nand tracer\n%s", name, command, &printed, listed.stdout)
				}
				return nil
			})
		}
	}
}
