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

// always are features that every generated network has.
var always = flag.String("always", "", "features that every network has, separated by commas, such as \"bridge,nat\"")

// weights returns the features of the generated networks.
func weights(t *testing.T) Weights {
	w := maps.Clone(Everything)
	for name := range strings.FieldsFuncSeq(*always, func(r rune) bool { return r == ',' }) {
		if w[Feature(name)] == 0 {
			t.Fatalf("there is no feature %q", name)
		}
		w[Feature(name)] = 100
	}
	return w
}

// networks is how many networks TestNetworks generates.
var networks = flag.Int("networks", 24, "how many networks to generate")

// count returns how many networks a test generates: few with -short.
func count() int {
	if testing.Short() {
		return min(*networks, 8)
	}
	return *networks
}

// shrink makes TestNetworks look for the smallest network that fails.
var shrink = flag.Bool("shrink", false, "shrink networks that fail")

// TestNetworks: traces of generated networks contain no false statements.
func TestNetworks(t *testing.T) {
	for _, name := range []string{"ip", "iptables", "iptables-save", "nft"} {
		labtest.Peer(t, name)
	}
	seed, features, sum := labtest.Seed(t), weights(t), newTotals()
	for i := range count() {
		n := Generate(seed+uint64(i), features)
		t.Run(fmt.Sprint(n.Seed), func(t *testing.T) {
			v := judge(t, n)
			sum.add(t, v)
			if t.Failed() {
				t.Logf("the network:\n%s", shrunk(t, n, v, retried))
			}
		})
		if (i+1)%100 == 0 {
			t.Logf("%d networks: false %v", i+1, sum.classes)
		}
	}
	sum.log(t)
}

// totals sums up verdicts.
type totals struct {
	stated, unknown map[string]int
	classes         map[Class]int
}

func newTotals() *totals { return &totals{map[string]int{}, map[string]int{}, map[Class]int{}} }

// add adds a verdict, and fails the test if anything is false.
func (s *totals) add(t *testing.T, v *Verdict) {
	t.Helper()
	for k, c := range v.Stated {
		s.stated[k] += c
	}
	for k, c := range v.Unknown {
		s.unknown[k] += c
	}
	for class, list := range v.Classes() {
		s.classes[class] += len(list)
		t.Errorf("%s, %d times:\n%s", class, len(list), strings.Join(list[:min(3, len(list))], "\n"))
	}
}

func (s *totals) log(t *testing.T) {
	t.Helper()
	t.Logf("stated: %s", counts(s.stated))
	t.Logf("unknown: %s", counts(s.unknown))
	t.Logf("false: %v", s.classes)
}

// shrunk returns a network that fails in the same way, or the network itself.
func shrunk(t *testing.T, n *Network, v *Verdict, again func(*Network) *Verdict) *Network {
	if !*shrink || len(v.False) == 0 {
		return n
	}
	class := v.False[0].Class
	return Shrink(n, func(n *Network) bool { return len(again(n).Classes()[class]) > 0 })
}

// retried records and judges a network that need not work.
func retried(n *Network) *Verdict {
	tr, e, done, err := try(n)
	defer done()
	if err != nil {
		return &Verdict{}
	}
	return Judge(tr, e)
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
