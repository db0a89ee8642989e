package sim

import (
	"context"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/netip"
	"sync"

	"tracer/sim/resolver"
	"tracer/sim/traffic"
)

// startResolver starts Docker's DNS server for a container.
func (l *Lab) startResolver(ctx context.Context, n *labNode, at netip.AddrPort, s Service) (io.Closer, error) {
	d := traffic.DNS{Answer: answers(n.Name, &s.Resolver.Directory)}
	if s.Resolver.Fails {
		d.Failure = resolver.Failure
	}
	for _, server := range s.Resolver.Servers {
		from := n
		if server.From != "" {
			var err error
			if from, err = l.find(server.From); err != nil {
				return nil, err
			}
		}
		d.Servers = append(d.Servers, traffic.NameServer{From: from, Address: server.Address})
	}
	if s.UDP {
		return traffic.ServeDNS(ctx, n, at, d)
	}
	return traffic.ServeDNSStream(ctx, n, at, d)
}

// answers returns the function that answers a container's queries from a directory. The order
// of several addresses is random, but the same in each run.
func answers(node string, d *resolver.Directory) func(query []byte, stream bool) ([]byte, bool) {
	seed := fnv.New64()
	_, _ = seed.Write([]byte(node)) // it never fails
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed.Sum64(), 0))
	shuffle := func(n int, swap func(i, j int)) {
		mu.Lock()
		defer mu.Unlock()
		random.Shuffle(n, swap)
	}
	return func(query []byte, stream bool) ([]byte, bool) {
		by := resolver.UDP
		if stream {
			by = resolver.TCP
		}
		result := d.Answer(query, by, shuffle)
		return result.Reply, result.Forward
	}
}
