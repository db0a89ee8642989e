package plan

import (
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/tui/internal/paper"
)

// network builds a state from words: nodes as "name:role", cables as
// "node/iface=node/iface", bridges as "node/bridge<port,port".
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

func simple() Look {
	return Look{
		Corners: [4]string{"+", "+", "+", "+"}, Across: "-", Down: "|", HeavyAcross: "=", HeavyDown: "#", Bends: [4]string{"r", "l", "R", "L"}, HeavyBends: [4]string{"#", "#", "#", "#"},
		Fork: "+", Branch: "+", ForkEnd: "+", Port: "o", Seen: "@", Rightwards: ">", Leftwards: "<", Stay: "*", Dead: "X", Then: ">", Pencil: "*",
	}
}

// TestPlan: whatever the network, boxes do not overlap, ports are on the edges of
// their boxes, cables end where they should and cross no box, and all is within
// the plan.
func TestPlan(t *testing.T) {
	for name, text := range networks {
		s := network(text)
		for _, columns := range []int{20, 80, 300} {
			p := New(s, nil, columns)
			inside := func(x, y int) *box {
				for _, b := range p.boxes {
					if x >= b.x && x < b.x+b.w && y >= b.y && y < b.y+b.h {
						return b
					}
				}
				return nil
			}
			for i, b := range p.boxes {
				if b.x < 0 || b.y < 0 || b.x+b.w > p.W || b.y+b.h > p.H {
					t.Errorf("%s: %s is at %d,%d, %d×%d, on a plan of %d×%d", name, b.node, b.x, b.y, b.w, b.h, p.W, p.H)
				}
				for _, o := range p.boxes[:i] {
					if b.x < o.x+o.w && o.x < b.x+b.w && b.y < o.y+o.h && o.y < b.y+b.h {
						t.Errorf("%s: %s is on %s", name, b.node, o.node)
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
						t.Errorf("%s: %s/%s is not on the plan", name, n.Name, i.Name)
						continue
					}
					if b := inside(q.x, q.y); b == nil || b.node != n.Name || i.Peer != "" && q.x != b.x && q.x != b.x+b.w-1 {
						t.Errorf("%s: %s/%s is at %d,%d", name, n.Name, i.Name, q.x, q.y)
					}
				}
			}
			if len(p.wires) != cables/2 {
				t.Errorf("%s: %d cables, not %d", name, len(p.wires), cables/2)
			}
			for _, w := range p.wires {
				if w.track == 0 {
					for x := w.from.x + 1; x < w.to.x; x++ {
						if inside(x, w.from.y) != nil || w.from.y != w.to.y {
							t.Errorf("%s: the cable of %v crosses a box", name, w.from.Place)
						}
					}
					continue
				}
				for y := min(w.from.y, w.to.y); y <= max(w.from.y, w.to.y); y++ {
					if inside(w.track, y) != nil || w.track >= p.W {
						t.Errorf("%s: the cable of %v crosses a box at %d,%d", name, w.from.Place, w.track, y)
					}
				}
			}
		}
	}
}

// TestDraw: a way is drawn from port to port, with the packet at its end.
func TestDraw(t *testing.T) {
	s := network(networks["flask-demo"])
	p := New(s, nil, 200)
	for _, c := range []struct {
		way  Way
		want []string
	}{
		{Way{}, []string{"eth0 o---o ens160  o docker0 ---- veth0 o---o eth0"}},
		{Way{Visited: []Place{{"client", "eth0"}}}, []string{"eth0 >---o ens160"}},
		{Way{Visited: []Place{{"client", "eth0"}, {"host", "ens160"}, {"host", "docker0"}, {"host", "veth0"}, {"flask", "eth0"}}}, []string{"eth0 @===@ ens160", "@ docker0", "=== veth0 @===> eth0"}},
		{Way{Visited: []Place{{"flask", "eth0"}, {"host", "veth0"}}}, []string{"veth0 <===@ eth0"}},
		{Way{Visited: []Place{{"client", "eth0"}, {"host", "ens160"}}, Dead: true}, []string{"eth0 @===X ens160"}},
	} {
		sheet := paper.New(p.W, p.H, true)
		p.Draw(sheet.All(), c.way, simple())
		for _, want := range c.want {
			if !strings.Contains(sheet.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.way, want, sheet)
			}
		}
	}
}

// TestWindow: where there is less room than the plan needs, the packet is in view.
func TestWindow(t *testing.T) {
	s := network(networks["many"])
	p := New(s, nil, 200)
	for i := range 12 {
		for _, room := range [][2]int{{30, 6}, {50, 10}, {p.W, 5}, {20, p.H}, {p.W, p.H}} {
			sheet := paper.New(room[0], room[1], true)
			cut := p.Draw(sheet.All(), Way{Visited: []Place{{"host", fmt.Sprintf("v%d", i)}, {fmt.Sprintf("c%d", i), "eth0"}}}, simple())
			if !strings.Contains(sheet.String(), ">") {
				t.Errorf("c%d is not in view on %v:\n%s", i, room, sheet)
			}
			if whole := room[0] >= p.W && room[1] >= p.H; whole == (cut.Left || cut.Right || cut.Above || cut.Below) {
				t.Errorf("%v: cut %+v", room, cut)
			}
		}
	}
}

// chain is a network of n nodes, each linked to the next.
func chain(n int) *trace.State {
	var s trace.State
	for i := range n {
		s.Nodes = append(s.Nodes, trace.Node{Name: fmt.Sprint("n", i), Interfaces: []trace.Interface{
			{Name: "a", Kind: "veth", Peer: fmt.Sprintf("n%d/b", i-1)}, {Name: "b", Kind: "veth", Peer: fmt.Sprintf("n%d/a", i+1)},
		}})
	}
	return &s
}

// TestManyNodes: what laying out a network allocates grows as the network does.
// BenchmarkManyNodes has the times.
func TestManyNodes(t *testing.T) {
	allocated := func(n int) uint64 {
		s := chain(n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		New(s, nil, 100)
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
				New(s, nil, 100)
			}
		})
	}
}
