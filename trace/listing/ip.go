package listing

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"tracer/trace"
)

// ip prints addresses, links or routes.
func ip(n *trace.Node, args []string) ([]string, error) {
	w := words{"ip", args}
	o := linksOf{}
	for word, ok := w.next(); ok; word, ok = w.next() {
		switch {
		case word == "-s" || word == "-stats" || word == "-statistics":
			if o.counters {
				return nil, w.unknown("-s twice")
			}
			o.counters = true
		case word == "-4" || word == "-6":
			o.only = word
		case short(word, "address"):
			o.addresses = true
			return o.print(n, &w)
		case short(word, "link") && o.only == "":
			return o.print(n, &w)
		case short(word, "route"):
			return routes(n, &w, o.only == "-6")
		default:
			return nil, w.unknown(word)
		}
	}
	return nil, errors.New("needs an object: addr, link or route")
}

// isShow reports whether a word is the command that lists objects.
func isShow(word string) bool { return short(word, "show") || short(word, "list") || word == "lst" }

// routes prints a table of routes of one family.
func routes(n *trace.Node, w *words, six bool) ([]string, error) {
	list := n.Routes
	word, ok := w.next()
	if ok && isShow(word) {
		word, ok = w.next()
	}
	if ok && short(word, "table") && len(word) > 1 {
		name, err := w.value(word)
		if err != nil {
			return nil, err
		}
		id, err := tableID(name)
		if err != nil {
			return nil, err
		}
		if id != trace.TableMain {
			list = nil
		}
		for _, t := range n.Tables {
			if t.ID == id {
				list = t.Routes
			}
		}
		word, ok = w.next()
	}
	if ok {
		return nil, w.unknown(word)
	}
	var lines []string
	for _, r := range list {
		if r.Destination.Addr().Is6() != six {
			continue
		}
		hops := r.Hops
		r.Hops = nil
		line := r.String()
		if six {
			line = route6(&r)
		}
		lines = append(lines, line)
		for _, h := range hops {
			lines = append(lines, "\t"+h.Text(&r))
		}
	}
	return lines, nil
}

// route6 returns a route of IPv6, which always has a metric and a preference (RFC 4191). Only
// routers' advertisements set another one than this.
func route6(r *trace.Route) string {
	state := r.LinkState
	r.LinkState = trace.LinkState{}
	if r.Type.Drops() {
		r.Interface = "lo"
	}
	line := strings.Replace(r.String(), r.Destination.String(), prefix6(r.Destination), 1)
	if r.Metric == 0 {
		line += " metric 0"
	}
	for _, f := range []struct {
		set  bool
		name string
	}{{state.Dead, "dead"}, {state.OnLink, "onlink"}, {state.LinkDown, "linkdown"}} {
		if f.set {
			line += " " + f.name
		}
	}
	return line + " pref medium"
}

// prefix6 returns a destination as ip prints it.
func prefix6(p netip.Prefix) string {
	switch {
	case p.Bits() == 0:
		return "default"
	case p.IsSingleIP():
		return p.Addr().String()
	}
	return p.String()
}

// tableID returns the number of a routing table.
func tableID(name string) (uint32, error) {
	switch name {
	case "main":
		return trace.TableMain, nil
	case "local":
		return trace.TableLocal, nil
	case "default":
		return trace.TableDefault, nil
	}
	n, err := strconv.ParseUint(name, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is not a routing table: main, local, default or a number", name)
	}
	return uint32(n), nil
}
