package nft

import (
	"testing"

	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"tracer/sim/internal/nflink"
)

// FuzzExpressions: no message makes the decoders panic, and what they understand is written
// again as the same expressions.
func FuzzExpressions(f *testing.F) {
	for _, text := range []string{"tcp dport 80-90 counter drop", "ip saddr 10.0.0.0/12 dnat to 10.0.0.1:80", "ct state new limit rate 1/second jump c", "fib daddr type local reject with tcp reset"} {
		t := Table{Family: IPv4, Name: "t"}
		r := MustRule(IPv4, text)
		list, err := t.encode(&r, nil)
		if err != nil {
			f.Fatal(err)
		}
		var b []byte
		for _, x := range list {
			one, err := expr.Marshal(byte(IPv4), x)
			if err != nil {
				f.Fatal(err)
			}
			b = append(b, nflink.Group(unix.NFTA_LIST_ELEM, one)...)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, family := range []Family{IPv4, IPv6, Inet} {
			table := Table{Family: family, Name: "t"}
			var r Rule
			if r.scan(b) != nil {
				continue
			}
			for _, s := range table.decode(readExpressions(family, b), nil) {
				_ = s.String()
			}
		}
		s := Set{Key: []*Type{ip4, service}, Verdicts: true}
		s.decodeElement(b)
		if m, err := newMessage(b); err == nil {
			_, _ = decodeBase(&m)
		}
	})
}
