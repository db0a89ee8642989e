package docker

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"tracer/sim/labtest"
	"tracer/sim/labtest/dockerd"
)

// TestRandom20: networks and containers drawn at random are set up as a real engine sets them
// up, with docker-proxy and without.
func TestRandom20(t *testing.T) { randomly(t, dockerd.Debian(t)) }

// TestRandomBuilt: so are those of the engine that the environment names.
func TestRandomBuilt(t *testing.T) { randomly(t, dockerd.Built(t)) }

// TestRandomNFT: so are those of that engine with its other backend.
func TestRandomNFT(t *testing.T) { randomly(t, dockerd.BuiltNFT(t)) }

func randomly(t *testing.T, p dockerd.Program) {
	t.Parallel()
	seed := labtest.Seed(t)
	for _, options := range []Options{{}, {NoProxy: true}} {
		with := engineCase{options: options}
		real := start(t, p, with.flags()...)
		real.Load(t)
		for i := range uint64(4) {
			c := drawCase(labtest.RandomOf(seed+i), real.Version)
			c.name, c.options = fmt.Sprintf("seed %d, %+v", seed+i, options), options
			real.compare(t, c, real.setUp(t, c))
			real.takeDown(t, c)
		}
	}
}

// drawCase draws up to three networks and four containers. The first network always has IPv6,
// because an engine that once had such a network differs from a new one.
func drawCase(r *rand.Rand, version string) (c engineCase) {
	list := []string{"bridge"}
	for i := range 1 + r.IntN(3) {
		n := bridgeNetwork(string(rune('z'-r.IntN(20)))+fmt.Sprint(i), fmt.Sprintf("172.%d.0.1/16", 28+i))
		n.Internal, n.NoICC, n.NoMasquerade = r.IntN(4) == 0, r.IntN(4) == 0, r.IntN(4) == 0
		if version != "20.10" && !n.Internal {
			n.Mode = Mode(r.IntN(len(Modes())))
			n.Mode6 = Mode(r.IntN(len(Modes())))
			if r.IntN(3) == 0 {
				n.Trusted = []string{"lo"}
			}
		}
		if i == 0 || r.IntN(2) == 0 {
			n = dualStack(n)
		}
		c.networks, list = append(c.networks, n), append(list, n.Name)
	}
	most := 4 // ports of a container
	if version == "20.10" {
		most = 2 // see mappedOrder
	}
	host := uint16(8000)
	for i := range 1 + r.IntN(4) {
		order := r.Perm(len(list))
		one := Container{Name: fmt.Sprintf("container%d", i), Network: list[order[0]]}
		if len(list) > 1 && r.IntN(3) == 0 {
			one.Also = []Attachment{{Network: list[order[1]]}}
		}
		for k := range r.IntN(most) {
			p := Publish{Host: host, Container: uint16(80 + r.IntN(3)), UDP: r.IntN(3) == 0}
			if version == nftables { // see masqueradeOnce
				p.Container = uint16(80 + k)
			}
			if r.IntN(3) == 0 {
				addresses := []string{"127.0.0.1", "192.168.1.1", "0.0.0.0", "::1", "2001:db8::1", "::"}
				p.Address = netip.MustParseAddr(addresses[r.IntN(len(addresses))])
			}
			one.Publish = append(one.Publish, p)
			host++
		}
		c.containers = append(c.containers, one)
	}
	return c
}
