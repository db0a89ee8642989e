package judge

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/netns"
)

// World is a [Network] that exists: its namespaces, and the servers in them.
type World struct {
	Network *Network
	parent  *netns.Namespace
	spaces  map[string]*netns.Namespace
	servers []*server
	log     *traffic
	moments []Moment
}

// Build creates the namespaces and wires of a network and runs its lines up to the first
// that sends something. Close it even after an error.
func Build(n *Network) (*World, error) {
	w := &World{Network: n, spaces: map[string]*netns.Namespace{}, log: newTraffic()}
	var err error
	if w.parent, err = netns.NewParent(); err != nil {
		return w, err
	}
	for _, m := range n.Nodes {
		if w.spaces[m.Name], err = w.parent.New(); err != nil {
			delete(w.spaces, m.Name)
			return w, err
		}
		if err := w.Do(m.Name, func() error { return prepare(n.IP.six()) }); err != nil {
			return w, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	for i, wire := range n.Wires {
		if err := w.wire(i, wire); err != nil {
			return w, fmt.Errorf("wire %s %s: %w", wire.A, wire.B, err)
		}
	}
	if n.IP.six() { // there is no route to a link before it carries frames
		if err := w.awaitLinks(); err != nil {
			return w, err
		}
	}
	if err := w.run(n.Lines[:n.setup()]); err != nil {
		return w, err
	}
	if err := w.awaitLinks(); err != nil {
		return w, err
	}
	return w, w.awaitAddresses()
}

// Do runs f on a thread in the namespace of a node.
func (w *World) Do(node string, f func() error) error {
	ns := w.spaces[node]
	if ns == nil {
		return fmt.Errorf("there is no node %q", node)
	}
	return ns.Do(f)
}

// Close takes the network down.
func (w *World) Close() {
	for _, s := range w.servers {
		s.close()
	}
	for _, ns := range w.spaces {
		ns.Close()
	}
	if w.parent != nil {
		w.parent.Close()
	}
}

// prepare makes an empty namespace quiet: without IPv6, the kernel sends no packets of its own.
// With it, interfaces get no addresses but those that the lines give them and a link-local one from
// their hardware address, without which routers cannot ask for neighbors. All can be used at once.
func prepare(six bool) error {
	values := map[string]string{"disable_ipv6": "1"}
	if six {
		values = map[string]string{"accept_dad": "0", "dad_transmits": "0", "router_solicitations": "0", "accept_ra": "0", "addr_gen_mode": "0", "mldv2_unsolicited_report_interval": "1"}
	}
	for _, name := range []string{"all", "default"} {
		for key, value := range values {
			if name == "all" && key == "addr_gen_mode" {
				continue // it would have to be changed for every interface
			}
			err := os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/"+key, []byte(value), 0)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return routes(func(l *netlink.Handle) error {
		lo, err := l.LinkByName("lo")
		if err != nil {
			return err
		}
		return l.LinkSetUp(lo)
	})
}

// wire connects two nodes. Hardware addresses tell the number of the wire and its end.
func (w *World) wire(number int, wire Wire) error {
	veth := netlink.NewVeth(netlink.NewLinkAttrs())
	veth.Name, veth.HardwareAddr = wire.A.Interface, []byte{2, 0, 0, 0, byte(number), 0xa}
	veth.PeerName, veth.PeerHardwareAddr = wire.B.Interface, []byte{2, 0, 0, 0, byte(number), 0xb}
	veth.PeerNamespace = netlink.NsFd(w.spaces[wire.B.Node].Fd())
	err := w.Do(wire.A.Node, func() error { return routes(func(l *netlink.Handle) error { return l.LinkAdd(veth) }) })
	if err != nil {
		return err
	}
	for _, p := range []Port{wire.A, wire.B} {
		err := w.Do(p.Node, func() error {
			return routes(func(l *netlink.Handle) error {
				link, err := l.LinkByName(p.Interface)
				if err != nil {
					return err
				}
				if !wire.Offload {
					err = l.LinkSetGSOMaxSegs(link, 1)
				}
				return errors.Join(err, l.LinkSetUp(link))
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// awaitLinks waits until all wires carry frames: a link that is up may not be ready yet
// (net/core/link_watch.c).
func (w *World) awaitLinks() error {
	return w.await(func(l *netlink.Handle, _ string) (missing string, err error) {
		links, err := l.LinkList()
		for _, link := range links {
			a := link.Attrs()
			if a.Flags&unix.IFF_UP != 0 && a.OperState != netlink.OperUp && a.OperState != netlink.OperUnknown {
				missing = a.Name + " does not come up"
			}
		}
		return missing, err
	})
}

// awaitAddresses waits until the kernel delivers packets to the IPv6 addresses of all nodes, and
// routers can ask for neighbors: it adds local routes and link-local addresses in the background.
func (w *World) awaitAddresses() error {
	if !w.Network.IP.six() {
		return nil
	}
	return w.await(func(l *netlink.Handle, node string) (missing string, err error) {
		text, err := exec.Command("ip", "-6", "route", "show", "table", "local").Output()
		if err != nil {
			return "", err
		}
		if address := w.Network.unrouted(node, string(text)); address != "" {
			return "there is no route to its address " + address, nil
		}
		links, err := l.LinkList()
		for _, link := range links {
			a := link.Attrs()
			if a.Flags&unix.IFF_UP == 0 || a.Name == loopback {
				continue
			}
			list, err := l.AddrList(link, netlink.FAMILY_V6)
			if err != nil {
				return "", err
			}
			if !slices.ContainsFunc(list, func(a netlink.Addr) bool { return a.IP.IsLinkLocalUnicast() && a.Flags&unix.IFA_F_TENTATIVE == 0 }) {
				missing = a.Name + " gets no link-local address"
			}
		}
		return missing, err
	})
}

// await waits until nothing is missing in any node.
func (w *World) await(look func(l *netlink.Handle, node string) (missing string, err error)) error {
	limit := time.Now().Add(5 * time.Second)
	for _, m := range w.Network.Nodes {
		err := w.Do(m.Name, func() error {
			return routes(func(l *netlink.Handle) error {
				for ; ; time.Sleep(200 * time.Microsecond) {
					switch missing, err := look(l, m.Name); {
					case err != nil || missing == "":
						return err
					case time.Now().After(limit):
						return errors.New(missing)
					}
				}
			})
		})
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return nil
}

// unrouted returns an address that the lines before the first request give to a node, and that
// the list of its local routes lacks, or "".
func (n *Network) unrouted(node, list string) string {
	for _, l := range n.Lines[:n.setup()] {
		if _, text, ok := strings.Cut(l.Text, " address add "); ok && l.Node == node {
			address, _, _ := strings.Cut(text, "/")
			if strings.Contains(address, ":") && !strings.Contains(list, "local "+address+" ") {
				return address
			}
		}
	}
	return ""
}

// routes calls f with rtnetlink of the calling thread's namespace.
func routes(f func(*netlink.Handle) error) error {
	l, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer l.Close()
	return f(l)
}

// change runs a line between two requests, and records the rules before and after.
func (w *World) change(l Line) error {
	m := Moment{Node: l.Node, Counted: time.Now()}
	var err error
	if m.Before, err = w.counters(l.Node); err != nil {
		return err
	}
	m.From = time.Now()
	if err := w.run([]Line{l}); err != nil {
		return err
	}
	m.Until = time.Now()
	m.After, err = w.counters(l.Node)
	w.moments = append(w.moments, m)
	return err
}

// runLine runs any line but one that sends.
func (w *World) runLine(l Line) error {
	switch l.Verb() {
	case "sysctl":
		name, value, _ := strings.Cut(strings.Join(l.Words(), " "), "=")
		path := "/proc/sys/" + strings.ReplaceAll(name, ".", "/")
		return w.Do(l.Node, func() error { return os.WriteFile(path, []byte(value), 0) })
	case "plain":
		return w.Do(l.Node, func() error { return plain(strings.Join(l.Words(), " ")) })
	case "serve", "join":
		return w.serve(l)
	}
	return errors.New("unknown command")
}

// program runs a program in a node.
func (w *World) program(node, input, name string, args ...string) error {
	_, err := w.output(node, input, name, args...)
	return err
}

// output runs a program in a node and returns what it prints.
func (w *World) output(node, input, name string, args ...string) ([]byte, error) {
	var out, problems bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &problems
	err := w.Do(node, cmd.Run)
	if err != nil {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(problems.String()))
	}
	return out.Bytes(), err
}
