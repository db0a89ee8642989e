package judge

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"tracer/sim/labtest"
)

// settled are the features from which TestNetworks makes its networks. They do not yet include
// frames whose source address the kernel rewrites behind a tap (NAT at bridge ports),
// rules that judge fragments one by one (nodes without connection tracking), and segments
// that reach no node with connection tracking, because the other end of the wire has a
// smaller MTU. -everything includes them.
func settled() Weights {
	w := maps.Clone(Everything)
	if !*everything {
		delete(w, PortNAT)
		delete(w, Fragmented)
		delete(w, SmallMTU)
	}
	return w
}

var everything = flag.Bool("everything", false, "generate networks with all features")

// networks is how many networks TestNetworks generates.
var networks = flag.Int("networks", 24, "how many networks to generate")

// shrink makes TestNetworks look for the smallest network that fails.
var shrink = flag.Bool("shrink", false, "shrink networks that fail")

// TestNetworks: traces of generated networks contain no false statements.
func TestNetworks(t *testing.T) {
	for _, name := range []string{"ip", "iptables", "iptables-save", "nft"} {
		labtest.Peer(t, name)
	}
	seed := labtest.Seed(t)
	stated, unknown, classes := map[string]int{}, map[string]int{}, map[Class]int{}
	for i := range *networks {
		n := Generate(seed+uint64(i), settled())
		t.Run(fmt.Sprint(n.Seed), func(t *testing.T) {
			v := judge(t, n)
			for k, c := range v.Stated {
				stated[k] += c
			}
			for k, c := range v.Unknown {
				unknown[k] += c
			}
			for class, list := range v.Classes() {
				classes[class] += len(list)
				t.Errorf("%s, %d times:\n%s", class, len(list), strings.Join(list[:min(3, len(list))], "\n"))
			}
			if t.Failed() {
				t.Logf("the network:\n%s", shrunk(t, n, v))
			}
		})
		if (i+1)%100 == 0 {
			t.Logf("%d networks: false %v", i+1, classes)
		}
	}
	t.Logf("stated: %s", counts(stated))
	t.Logf("not known: %s", counts(unknown))
	t.Logf("false: %v", classes)
}

// shrunk returns a network that fails in the same way, or the network itself.
func shrunk(t *testing.T, n *Network, v *Verdict) *Network {
	if !*shrink || len(v.False) == 0 {
		return n
	}
	class := v.False[0].Class
	return Shrink(n, func(n *Network) bool {
		tr, e, done, err := try(n)
		defer done()
		if err != nil {
			return false
		}
		return len(Judge(tr, e).Classes()[class]) > 0
	})
}

func counts(m map[string]int) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, fmt.Sprintf("%s %d", k, m[k]))
	}
	return strings.Join(list, ", ")
}

// judge records a network and judges the trace.
func judge(t *testing.T, n *Network) *Verdict {
	t.Helper()
	tr, e, done := record(t, n)
	defer done()
	if err := tr.Check(); err != nil {
		t.Error(err)
	}
	v := Judge(tr, e)
	shown(t, tr, v, e.Restless)
	return v
}
