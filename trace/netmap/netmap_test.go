package netmap

import (
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"tracer/trace"
)

// network parses a state: nodes as "name:role", cables as "node/iface=node/iface",
// bridges as "node/bridge<port,port".
func network(text string) *trace.State {
	s := &trace.State{}
	add := func(node string) *trace.Node {
		name, role, _ := strings.Cut(node, ":")
		if n := s.Node(name); n != nil {
			return n
		}
		var r trace.Role
		_ = r.UnmarshalText([]byte(role))
		s.Nodes = append(s.Nodes, trace.Node{Name: name, Role: r})
		return &s.Nodes[len(s.Nodes)-1]
	}
	iface := func(place, peer string) {
		node, name, _ := strings.Cut(place, "/")
		n := add(node)
		n.Interfaces = append(n.Interfaces, trace.Interface{
			Name: name, Kind: "veth", Peer: peer,
			Addresses: []netip.Prefix{netip.MustParsePrefix(fmt.Sprintf("10.%d.0.%d/24", len(s.Nodes), len(n.Interfaces)+1))},
		})
	}
	for _, word := range strings.Fields(text) {
		a, b, cable := strings.Cut(word, "=")
		bridge, ports, bridged := strings.Cut(word, "<")
		switch {
		case cable:
			iface(a, b)
			iface(b, a)
		case bridged:
			node, name, _ := strings.Cut(bridge, "/")
			n := add(node)
			n.Interfaces = append(n.Interfaces, trace.Interface{Name: name, Kind: "bridge", Addresses: []netip.Prefix{netip.MustParsePrefix("172.17.0.1/16")}})
			for _, port := range strings.Split(ports, ",") {
				if i := n.Interface(port); i != nil {
					i.Master, i.Addresses = name, nil
				}
			}
		default:
			add(word)
		}
	}
	return s
}

var networks = map[string]string{
	"flask-demo":         "client:client host:host flask:container client/eth0=host/ens160 host/veth0=flask/eth0 host/docker0<veth0",
	"three containers":   "client:client host:host a:container b:container c:container client/eth0=host/ens160 host/v1=a/eth0 host/v2=b/eth0 host/v3=c/eth0 host/docker0<v1,v2,v3",
	"two bridges":        "client:client host:host a:container b:container c:container client/eth0=host/ens160 host/v1=a/eth0 host/v2=b/eth0 host/v3=c/eth0 host/docker0<v1,v2 host/br-5c710e739634<v3",
	"a router beyond":    "host:host a:container router:router internet:server client:client client/eth0=host/eth1 host/eth0=router/lan0 router/wan0=internet/eth0 host/v1=a/eth0 host/docker0<v1",
	"two addresses":      "lb:client host:host a:container lb/eth0=host/eth0 lb/eth1=host/eth1 host/v1=a/eth0 host/v2=a/eth1 host/docker0<v1 host/br1<v2",
	"no host":            "client:client router:router server:server client/eth0=router/eth0 router/eth1=server/eth0",
	"alone":              "client:client",
	"two of them apart":  "a:client b:client",
	"two hosts":          "h1:host h2:host a:container b:container h1/eth0=h2/eth0 h1/v1=a/eth0 h1/docker0<v1 h2/v1=b/eth0 h2/docker0<v1",
	"no port":            "client:client host:host client/eth0=host/eth0 host/docker0<none",
	"beside one another": "h:host r1:router r2:router h/a=r1/a h/b=r2/a r1/b=r2/b",
	"many":               many(12),
	"nothing":            "",
}

func many(n int) string {
	var b strings.Builder
	b.WriteString("client:client host:host client/eth0=host/ens160")
	for i := range n {
		fmt.Fprintf(&b, " c%d:container host/v%d=c%d/eth0", i, i, i)
	}
	b.WriteString(" host/docker0<v0")
	for i := 1; i < n; i++ {
		fmt.Fprintf(&b, ",v%d", i)
	}
	return b.String()
}

// TestLayout: in any network, boxes do not overlap, ports are on the edges of their boxes,
// cables end where they should and cross no box, and everything is within the map.
func TestLayout(t *testing.T) {
	for name, text := range networks {
		s := network(text)
		for _, columns := range []int{20, 80, 300} {
			p := New(s, nil, columns, utf8.RuneCountInString)
			inside := func(x, y int) *Box {
				for _, b := range p.Boxes {
					if x >= b.X && x < b.X+b.W && y >= b.Y && y < b.Y+b.H {
						return b
					}
				}
				return nil
			}
			for i, b := range p.Boxes {
				if b.X < 0 || b.Y < 0 || b.X+b.W > p.W || b.Y+b.H > p.H {
					t.Errorf("%s: %s is at %d,%d, %d×%d, on a map of %d×%d", name, b.Node, b.X, b.Y, b.W, b.H, p.W, p.H)
				}
				for _, o := range p.Boxes[:i] {
					if b.X < o.X+o.W && o.X < b.X+b.W && b.Y < o.Y+o.H && o.Y < b.Y+b.H {
						t.Errorf("%s: %s is on %s", name, b.Node, o.Node)
					}
				}
			}
			cables := 0
			for _, n := range s.Nodes {
				for _, i := range n.Interfaces {
					q := p.ports[Place{n.Name, i.Name}]
					if i.Peer != "" {
						cables++
					}
					if q == nil {
						t.Errorf("%s: %s/%s is not on the map", name, n.Name, i.Name)
						continue
					}
					if b := inside(q.X, q.Y); b == nil || b.Node != n.Name || i.Peer != "" && q.X != b.X && q.X != b.X+b.W-1 {
						t.Errorf("%s: %s/%s is at %d,%d", name, n.Name, i.Name, q.X, q.Y)
					}
				}
			}
			if len(p.Wires) != cables/2 {
				t.Errorf("%s: %d cables, not %d", name, len(p.Wires), cables/2)
			}
			for _, w := range p.Wires {
				if w.Track == 0 {
					for x := w.From.X + 1; x < w.To.X; x++ {
						if inside(x, w.From.Y) != nil || w.From.Y != w.To.Y {
							t.Errorf("%s: the cable of %v crosses a box", name, w.From.Place)
						}
					}
					continue
				}
				for y := min(w.From.Y, w.To.Y); y <= max(w.From.Y, w.To.Y); y++ {
					if inside(w.Track, y) != nil || w.Track >= p.W {
						t.Errorf("%s: the cable of %v crosses a box at %d,%d", name, w.From.Place, w.Track, y)
					}
				}
			}
		}
	}
}

// TestWindow: if the map does not fit, the packet is still in view.
func TestWindow(t *testing.T) {
	m := New(network(networks["many"]), nil, 200, utf8.RuneCountInString)
	for i := range 12 {
		at := Place{fmt.Sprintf("c%d", i), "eth0"}
		for _, room := range [][2]int{{30, 6}, {50, 10}, {m.W, 5}, {20, m.H}, {m.W, m.H}} {
			w := m.Window(Way{Visited: []Place{{"host", fmt.Sprintf("v%d", i)}, at}}, room[0], room[1])
			if p := m.ports[at]; p.X < w.X || p.X >= w.X+room[0] || p.Y < w.Y || p.Y >= w.Y+room[1] {
				t.Errorf("%v is not in view on %v: %+v", at, room, w)
			}
			if whole := room[0] >= m.W && room[1] >= m.H; whole == (w.Left || w.Right || w.Above || w.Below) {
				t.Errorf("%v: %+v", room, w)
			}
		}
	}
}

// TestWay: a way has the places of a packet, the hooks it passed in each node, and which of
// them changed it.
func TestWay(t *testing.T) {
	src := trace.Change{Field: trace.FieldSource, Hook: trace.Postrouting}
	j := &trace.Journey{
		Hops: []trace.Hop{
			{Node: "a", Interface: "eth0"},
			{Node: "host", Interface: "v0", Hooks: []trace.Hook{trace.Prerouting}},
			{Node: "host", Interface: "eth0", Hooks: []trace.Hook{trace.Prerouting, trace.Forward, trace.Postrouting}, Changes: []trace.Change{src}},
		},
		Outcome: trace.Outcome{Kind: trace.OutcomeDropped, Node: "b", Hooks: []trace.Hook{trace.Prerouting, trace.Input}},
	}
	host := []Passed{{Hook: trace.Prerouting}, {Hook: trace.Forward}, {Hook: trace.Postrouting, Changed: true}}
	w := NewWay(j, 2)
	if !slices.Equal(w.Hooks["host"], host) || w.Dead || w.At() != (Place{"host", "eth0"}) || len(w.Hooks["b"]) > 0 {
		t.Errorf("%+v", w)
	}
	if w := NewWay(j, 3); !slices.Equal(w.Hooks["b"], []Passed{{Hook: trace.Prerouting}, {Hook: trace.Input, Dropped: true}}) || !w.Dead {
		t.Errorf("%+v", w)
	}
	if !w.Stepped(Place{"host", "v0"}, Place{"a", "eth0"}) || w.Stepped(Place{"a", "eth0"}, Place{"host", "eth0"}) {
		t.Error("steps")
	}
}

// chain returns a network of n nodes, each linked to the next.
func chain(n int) *trace.State {
	var s trace.State
	for i := range n {
		s.Nodes = append(s.Nodes, trace.Node{Name: fmt.Sprint("n", i), Interfaces: []trace.Interface{
			{Name: "a", Kind: "veth", Peer: fmt.Sprintf("n%d/b", i-1)}, {Name: "b", Kind: "veth", Peer: fmt.Sprintf("n%d/a", i+1)},
		}})
	}
	return &s
}

// TestManyNodes: the memory for a layout grows linearly with the network.
// BenchmarkManyNodes measures the time.
func TestManyNodes(t *testing.T) {
	allocated := func(n int) uint64 {
		s := chain(n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		New(s, nil, 100, utf8.RuneCountInString)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if few, many := allocated(1600), allocated(12800); many > 12*few {
		t.Errorf("1600 nodes allocate %d bytes, and 12800 allocate %d", few, many)
	}
}

func BenchmarkManyNodes(b *testing.B) {
	for _, n := range []int{1600, 12800} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := chain(n)
			for b.Loop() {
				New(s, nil, 100, utf8.RuneCountInString)
			}
		})
	}
}

// TestInside: a packet that is passing through a node is in that node, at the hook that it has
// reached last.
func TestInside(t *testing.T) {
	j := &trace.Journey{
		Hops:    []trace.Hop{{Node: "client", Interface: "eth0"}, {Node: "host", Interface: "ens160"}},
		Outcome: trace.Outcome{Node: "host", Hooks: []trace.Hook{trace.Prerouting, trace.Forward}},
	}
	w := NewWay(j, 2)
	if w.Inside != "host" || w.Node() != "host" || len(w.Hooks["host"]) != 2 || w.Dead {
		t.Errorf("%+v", w)
	}
	if w = NewWay(j, 0); w.Inside != "" || w.Node() != "client" {
		t.Errorf("before: %+v", w)
	}
	j.Hops = nil // made by the node, and not seen yet
	if w = NewWay(j, 0); w.Node() != "host" || w.At() != (Place{}) {
		t.Errorf("at the beginning: %+v", w)
	}
}

// TestSpread: a network uses the room for longer cables, and never more than there is.
func TestSpread(t *testing.T) {
	for name, s := range map[string]*trace.State{"chain": chain(4), "many": network(many(5))} {
		least := New(s, nil, 1000, func(s string) int { return len(s) }).W
		for _, room := range []int{40, least, least + 10, 200, 1000} {
			near, far := New(s, nil, room, func(s string) int { return len(s) }), Spread(s, nil, room, func(s string) int { return len(s) })
			if far.W > max(room, near.W) || far.W < near.W || far.H != near.H {
				t.Errorf("%s in %d columns: %d×%d, from %d×%d", name, room, far.W, far.H, near.W, near.H)
			}
			if room >= least+10 && far.W == near.W {
				t.Errorf("%s in %d columns: not wider than %d", name, room, near.W)
			}
		}
	}
}
