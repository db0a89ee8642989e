package listing

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tracer/trace"
)

// linksOf is a request to list interfaces.
type linksOf struct {
	addresses bool // ip addr, otherwise ip link
	counters  bool
	only      string // "-4" or "-6": only addresses of this family; empty: all
	bare      bool   // interfaces as the kernel's list for IPv6 has them (inet6_fill_ifinfo)
}

func (o *linksOf) print(n *trace.Node, w *words) (out []string, err error) {
	only, err := interfaceName(w)
	if err != nil {
		return nil, err
	}
	if only != "" && n.Interface(only) == nil {
		return nil, fmt.Errorf("device %q does not exist", only)
	}
	o.bare = o.only == "-6" && only == ""
	for k := range n.Interfaces {
		i := &n.Interfaces[k]
		switch {
		case only != "" && i.Name != only:
			continue
		case i.Link == nil:
			return nil, &MissingError{n.Name, MissingLinks}
		case o.only != "" && !slices.ContainsFunc(i.Link.Addresses, o.has):
			continue
		}
		if o.only != "" {
			out = append(out, o.head(n, i)+o.namespace(i.Link))
		} else {
			out = append(out, o.head(n, i), "    link/"+i.Link.Type+" "+i.MAC.String()+" brd "+i.Link.Broadcast.String()+o.namespace(i.Link))
		}
		if o.addresses {
			out = append(out, o.list(i)...)
		}
		if o.counters {
			out = append(out, counters(i.Link)...)
		}
	}
	return out, nil
}

// interfaceName reads "[show] [[dev] NAME]".
func interfaceName(w *words) (name string, err error) {
	word, ok := w.next()
	if ok && isShow(word) {
		word, ok = w.next()
	}
	if ok && word == "dev" {
		word, err = w.value(word)
	}
	if err == nil && len(w.rest) > 0 {
		err = w.unknown(w.rest[0])
	}
	return word, err
}

// head returns an interface's first line:
//
//	57: veth1b62ff4@if56: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master docker0 state UP group default qlen 1000
func (o *linksOf) head(n *trace.Node, i *trace.Interface) string {
	l := i.Link
	name, flags := i.Name, l.Flags
	if l.Other != nil {
		other := n.ByIndex(l.Other.Index)
		switch {
		case l.Other.Namespace != nil || other == nil:
			name += fmt.Sprintf("@if%d", l.Other.Index)
		default:
			name += "@" + other.Name
			if other.Down {
				flags = append(slices.Clone(flags), "M-DOWN")
			}
		}
	}
	s := fmt.Sprintf("%d: %s: <%s> mtu %d", i.Index, name, strings.Join(flags, ","), i.MTU)
	add := func(on bool, format string, args ...any) {
		if on {
			s += fmt.Sprintf(format, args...)
		}
	}
	group, mode := "default", "DEFAULT"
	if l.Group != 0 {
		group = fmt.Sprint(l.Group)
	}
	if l.Dormant {
		mode = "DORMANT"
	}
	add(l.Qdisc != "" && !o.bare, " qdisc %s", l.Qdisc)
	add(i.Master != "" && !o.bare, " master %s", i.Master)
	add(true, " state %s", l.State)
	add(!o.addresses, " mode %s", mode)
	add(!o.bare, " group %s", group)
	add(l.QueueLen != 0, " qlen %d", l.QueueLen)
	return s
}

// namespace names the network namespace of the far end, if it is another one.
func (o *linksOf) namespace(l *trace.Link) string {
	if o.bare || l.Other == nil || l.Other.Namespace == nil {
		return ""
	}
	return fmt.Sprintf(" link-netnsid %d", *l.Other.Namespace)
}

// has reports whether an address is of the family that is listed.
func (o *linksOf) has(a trace.AddressDetails) bool {
	return o.only == "" || a.Address.Addr().Is4() == (o.only == "-4")
}

// list returns two lines for each address.
func (o *linksOf) list(i *trace.Interface) (out []string) {
	for _, a := range i.Link.Addresses {
		if !o.has(a) {
			continue
		}
		kind := "inet"
		if a.Address.Addr().Is6() {
			kind = "inet6"
		}
		s := "    " + kind + " "
		if a.Peer != (netip.Prefix{}) {
			s += a.Address.Addr().String() + " peer " + a.Peer.String()
		} else {
			s += a.Address.String()
		}
		if a.Broadcast.IsValid() {
			s += " brd " + a.Broadcast.String()
		}
		parts := append([]string{s, "scope", a.Scope.String()}, a.Flags...)
		out = append(out, strings.Join(append(parts, a.Label), " "),
			"       valid_lft "+lifetime(a.Valid)+" preferred_lft "+lifetime(a.Preferred))
	}
	return out
}

func lifetime(seconds uint32) string {
	if seconds == trace.Forever {
		return "forever"
	}
	return fmt.Sprintf("%dsec", seconds)
}

// counters returns what ip -s adds. The columns are as wide as the widest number in them.
func counters(l *trace.Link) []string {
	r, t := &l.Received, &l.Sent
	received := []uint64{r.Bytes, r.Packets, r.Errors, r.Dropped, r.Missed, r.Multicast}
	sent := []uint64{t.Bytes, t.Packets, t.Errors, t.Dropped, t.Carrier, t.Collisions}
	widths := []int{len("*X errors:"), len("packets"), len("errors"), len("dropped"), len("heartbt"), len("overrun")}
	for i := range widths {
		widths[i] = max(widths[i], len(fmt.Sprint(received[i])), len(fmt.Sprint(sent[i])))
	}
	row := func(begin string, values []string) string {
		for i, v := range values {
			width := widths[i]
			if i == 0 {
				width -= len(begin) - len("    ")
			}
			begin += fmt.Sprintf("%*s ", width, v)
		}
		return begin
	}
	return []string{
		row("    RX: ", []string{"bytes", "packets", "errors", "dropped", "missed", "mcast"}), row("    ", texts(received)),
		row("    TX: ", []string{"bytes", "packets", "errors", "dropped", "carrier", "collsns"}), row("    ", texts(sent)),
	}
}

func texts(numbers []uint64) (list []string) {
	for _, n := range numbers {
		list = append(list, fmt.Sprint(n))
	}
	return list
}
