package live

import (
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/iptables"
	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/trace"
	"tracer/trace/correlate"
)

// handmade is a [Network] of namespaces that was not built as a lab.
//
//	client eth0 10.0.0.2 ──── wan0 10.0.0.1 host    DNAT: UDP port 53 to 10.0.0.1:5353
type handmade struct {
	mu         sync.Mutex // guards list and peers
	list       []Node
	namespaces map[string]*netns.Namespace
	peers      map[[2]string]string // by node and interface
}

func (h *handmade) Nodes() []Node {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list)
}

func (h *handmade) Do(node string, f func() error) error {
	h.mu.Lock()
	ns := h.namespaces[node]
	h.mu.Unlock()
	return ns.Do(f)
}

func (h *handmade) Splices() []trace.Splice { return nil }

func (h *handmade) Snapshot() (correlate.Snapshot, error) {
	s, err := ReadNodes(h.Nodes(), h.Do)
	h.mu.Lock()
	defer h.mu.Unlock()
	for at, peer := range h.peers {
		n := s.State.Node(at[0])
		if n == nil {
			continue
		}
		if i := n.Interface(at[1]); i != nil {
			i.Peer = peer
		}
	}
	return s, err
}

// add adds a node.
func (h *handmade) add(t *testing.T, name string, role trace.Role) {
	t.Helper()
	ns := labtest.Namespace(t)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.namespaces[name] = ns
	h.list = append(h.list, Node{Name: name, Role: role})
}

// remove takes a node out of the network.
func (h *handmade) remove(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = slices.DeleteFunc(h.list, func(n Node) bool { return n.Name == name })
}

// wire connects two nodes with a veth pair.
func (h *handmade) wire(t *testing.T, a, ifaceA, addrA, b, ifaceB, addrB string) {
	t.Helper()
	labtest.Do(t, h.namespaces[a], func() error {
		v := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: ifaceA}, PeerName: ifaceB, PeerNamespace: netlink.NsFd(h.namespaces[b].Fd())}
		return inNamespace(func(l *netlink.Handle) error { return l.LinkAdd(v) })
	})
	h.up(t, a, ifaceA, addrA)
	h.up(t, b, ifaceB, addrB)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.peers[[2]string{a, ifaceA}] = trace.Place(b, ifaceB)
	h.peers[[2]string{b, ifaceB}] = trace.Place(a, ifaceA)
}

func (h *handmade) up(t *testing.T, node, iface, addr string) {
	t.Helper()
	labtest.Do(t, h.namespaces[node], func() error {
		return inNamespace(func(l *netlink.Handle) error {
			link, err := l.LinkByName(iface)
			if err != nil {
				return err
			}
			to, err := netlink.ParseAddr(addr)
			if err != nil {
				return err
			}
			if err := l.AddrAdd(link, to); err != nil {
				return err
			}
			return l.LinkSetUp(link)
		})
	})
}

// inNamespace calls f with rtnetlink of the calling thread's namespace.
func inNamespace(f func(*netlink.Handle) error) error {
	l, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer l.Close()
	return f(l)
}

func newHandmade(t *testing.T) *handmade {
	t.Helper()
	h := &handmade{namespaces: map[string]*netns.Namespace{}, peers: map[[2]string]string{}}
	h.add(t, "client", trace.RoleClient)
	h.add(t, "host", trace.RoleHost)
	h.wire(t, "client", "eth0", "10.0.0.2/24", "host", "wan0", "10.0.0.1/24")
	rules, err := iptables.Commands("-t nat -A PREROUTING " + handmadeRule)
	if err != nil {
		t.Fatal(err)
	}
	labtest.Do(t, h.namespaces["host"], rules.Install)
	return h
}

const handmadeRule = "-p udp -m udp --dport 53 -j DNAT --to-destination 10.0.0.1:5353"

// ask makes a node send a datagram to port 53 at an address of the host, which answers.
func (h *handmade) ask(t *testing.T, node, address string) {
	t.Helper()
	var server net.PacketConn
	labtest.Do(t, h.namespaces["host"], func() (err error) {
		server, err = net.ListenPacket("udp4", "10.0.0.1:5353")
		return err
	})
	defer server.Close()
	var c net.Conn
	labtest.Do(t, h.namespaces[node], func() (err error) {
		c, err = net.Dial("udp4", address+":53")
		return err
	})
	defer c.Close()
	limit := time.Now().Add(5 * time.Second)
	if err := errors.Join(server.SetDeadline(limit), c.SetDeadline(limit)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte(question)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 100)
	_, from, err := server.ReadFrom(buffer)
	if err == nil {
		_, err = server.WriteTo([]byte(answer), from)
	}
	if err == nil {
		_, err = c.Read(buffer)
	}
	if err != nil {
		t.Fatal(err)
	}
}

const question, answer = "who?", "me, the host"

// checkAsked checks that a question was translated by the rule, and its answer by the
// connection's entry.
func checkAsked(t *testing.T, asked, answered *trace.Journey, address string) {
	t.Helper()
	o := &asked.Outcome
	if len(asked.Hops) != 2 || o.Kind != trace.OutcomeDelivered || o.Node != "host" || len(o.Steps) == 0 || len(o.Changes) != 1 {
		t.Fatalf("the question: %+v", asked)
	}
	if c := o.Changes[0]; c.From != endpoint(address+":53") || c.To != endpoint("10.0.0.1:5353") ||
		c.Cause.Kind != trace.CauseRule || c.Cause.Rule.Text != handmadeRule || c.Hook.String() != "prerouting" {
		t.Errorf("the question's destination: %+v", c)
	}
	if len(answered.Hops) != 2 || answered.Outcome.Kind != trace.OutcomeDelivered || answered.Outcome.Node != asked.Hops[0].Node {
		t.Fatalf("the answer: %+v", answered)
	}
	c := change(&answered.Hops[0], trace.FieldSource)
	if c == nil || c.To != endpoint(address+":53") || c.Cause.Kind != trace.CauseConntrack || !c.Cause.Reverse || c.Cause.Origin.Journey != asked.ID {
		t.Errorf("the answer's source: %+v", c)
	}
}

// TestNetwork: a network that is not a lab is recorded like one: frames, rule steps,
// conntrack entries, and changes with their causes.
func TestNetwork(t *testing.T) {
	h := newHandmade(t)
	r := NewRecorder(Options{})
	defer r.Close()
	if err := r.Start(h); err != nil {
		t.Fatal(err)
	}
	h.ask(t, "client", "10.0.0.1")
	tr, err := r.Stop()
	if err != nil {
		t.Fatal(err)
	}
	if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
		t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
	}
	for _, f := range unaccounted(tr) {
		t.Error(f)
	}
	if err := tr.Check(); err != nil {
		t.Error(err)
	}
	asked, answered := find(t, tr, "UDP (4 bytes)"), find(t, tr, "UDP (12 bytes)")
	checkAsked(t, asked, answered, "10.0.0.1")
	if f := tr.Flow(asked.Flow); f == nil || !slices.Equal(f.NAT, []trace.Translation{trace.DNAT}) || f.Entry.ID == 0 {
		t.Errorf("flow %+v", f)
	}
	for i := range tr.Frames {
		if f := &tr.Frames[i]; len(f.Data) == 0 || f.Interface != map[string]string{"client": "eth0", "host": "wan0"}[f.Node] {
			t.Errorf("frame %+v", f)
		}
	}
}

// TestStartUnderway: a packet that passes while the readers of the nodes are being opened is
// not recorded in part.
func TestStartUnderway(t *testing.T) {
	h := newHandmade(t)
	var c net.Conn
	labtest.Do(t, h.namespaces["client"], func() (err error) {
		c, err = net.Dial("udp4", "10.0.0.1:99") // nobody listens: an ICMP error answers
		return err
	})
	defer c.Close()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			_, _ = c.Write([]byte(question)) // fails after an answer
			select {
			case <-stop:
				return
			case <-time.After(4 * transit):
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	r := NewRecorder(Options{})
	defer r.Close()
	for range 10 {
		if err := r.Start(h); err != nil {
			t.Fatal(err)
		}
		h.ask(t, "client", "10.0.0.1")
		tr, err := r.Stop()
		if err != nil {
			t.Fatal(err)
		}
		for i := range tr.Journeys {
			if j := &tr.Journeys[i]; len(j.Hops) == 0 {
				t.Errorf("#%d %s has no frame: %+v", j.ID, j.Summary, j.Outcome)
			} else if j.Hops[0].Direction != trace.Out {
				t.Errorf("#%d %s begins at %s", j.ID, j.Summary, j.Hops[0].Node)
			}
		}
		if gaps := gapsOf(tr); gaps != (trace.Gaps{}) {
			t.Errorf("gaps: %+v\n%s", gaps, strings.Join(ambiguous(tr), "\n"))
		}
	}
}

// TestNetworkChanges: nodes and interfaces that appear while the network is watched are
// watched, too, and the sockets in nodes that have disappeared are closed.
func TestNetworkChanges(t *testing.T) {
	h := newHandmade(t)
	var got packets
	r := NewRecorder(Options{Each: got.add})
	defer r.Close()
	if err := r.Start(h); err != nil {
		t.Fatal(err)
	}
	h.ask(t, "client", "10.0.0.1")

	h.add(t, "second", trace.RoleClient)
	h.wire(t, "second", "eth0", "10.0.1.2/24", "host", "lan0", "10.0.1.1/24")
	wait(t, "readers in the second client", func() bool { return r.watched(Node{Name: "second"}) })
	h.ask(t, "second", "10.0.1.1")

	h.remove("client")
	wait(t, "no readers in the first client", func() bool { return !r.watched(Node{Name: "client"}) })
	tr, err := r.Stop()
	if err != nil {
		t.Fatal(err)
	}
	all := got.trace()
	all.Gaps = tr.Gaps
	if gapsOf(all) != (trace.Gaps{}) || len(tr.State.Nodes) != 2 {
		t.Errorf("gaps %+v, nodes %+v", tr.Gaps, tr.State.Nodes)
	}
	for _, f := range unaccounted(all) {
		t.Error(f)
	}
	for _, c := range []struct{ node, address string }{{"client", "10.0.0.1"}, {"second", "10.0.1.1"}} {
		var asked, answered *trace.Journey
		for i := range all.Journeys {
			switch j := &all.Journeys[i]; {
			case j.Summary == "UDP (4 bytes)" && j.Hops[0].Node == c.node:
				asked = j
			case j.Summary == "UDP (12 bytes)" && j.Outcome.Node == c.node:
				answered = j
			}
		}
		if asked == nil || answered == nil {
			t.Fatalf("no question of %s, or no answer", c.node)
		}
		checkAsked(t, asked, answered, c.address)
	}
}

// wait waits until a condition holds.
func wait(t *testing.T, what string, met func() bool) {
	t.Helper()
	for limit := time.Now().Add(20 * time.Second); !met(); time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("after 20 s: not yet: %s", what)
		}
	}
}
