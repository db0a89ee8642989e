package listing

import (
	"errors"
	"fmt"
	"strconv"

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
		case word == "-4":
			o.only4 = true
		case short(word, "address"):
			o.addresses = true
			return o.print(n, &w)
		case short(word, "link") && !o.only4:
			return o.print(n, &w)
		case short(word, "route"):
			return routes(n, &w)
		default:
			return nil, w.unknown(word)
		}
	}
	return nil, errors.New("needs an object: addr, link or route")
}

// isShow reports whether a word is the command that lists objects.
func isShow(word string) bool { return short(word, "show") || short(word, "list") || word == "lst" }

// routes prints a table of routes.
func routes(n *trace.Node, w *words) ([]string, error) {
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
		hops := r.Hops
		r.Hops = nil
		lines = append(lines, r.String())
		for _, h := range hops {
			lines = append(lines, "\t"+h.String())
		}
	}
	return lines, nil
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
