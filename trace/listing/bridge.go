package listing

import (
	"errors"
	"fmt"
	"strings"

	"tracer/trace"
)

// bridge prints forwarding databases.
func bridge(n *trace.Node, args []string) ([]string, error) {
	w := words{"bridge", args}
	word, ok := w.next()
	switch {
	case !ok:
		return nil, errors.New("needs an object: fdb")
	case short(word, "fdb"):
		return fdb(n, &w)
	}
	return nil, w.unknown(word)
}

// fdb prints the entries of the forwarding databases: all, those of a bridge with its ports,
// or those of one interface.
func fdb(n *trace.Node, w *words) ([]string, error) {
	if n.FDB == nil {
		return nil, &MissingError{n.Name, MissingFDB}
	}
	word, ok := w.next()
	if ok && isShow(word) {
		word, ok = w.next()
	}
	var of, only string
	for ; ok; word, ok = w.next() {
		name := &only
		switch word {
		case "br":
			name = &of
		case "dev", "brport":
		default:
			return nil, w.unknown(word)
		}
		var err error
		if *name, err = w.value(word); err != nil {
			return nil, err
		}
		if n.Interface(*name) == nil {
			return nil, fmt.Errorf("cannot find device %q", *name)
		}
	}
	var lines []string
	for i := range n.FDB {
		if e := &n.FDB[i]; (only == "" || only == e.Interface) && (of == "" || e.Of(n, of)) {
			lines = append(lines, fdbLine(e, only == ""))
		}
	}
	return lines, nil
}

// fdbLine returns an entry's line. The last word of one that was learned is its bridge.
//
//	02:42:ac:11:00:02 dev veth1b62ff4 master docker0
func fdbLine(e *trace.FDBEntry, named bool) string {
	parts := []string{e.MAC.String()}
	if named {
		parts = append(parts, "dev", e.Interface)
	}
	if e.VLAN != 0 {
		parts = append(parts, "vlan", fmt.Sprint(e.VLAN))
	}
	parts = append(parts, e.Flags...)
	if e.Bridge != "" {
		parts = append(parts, "master", e.Bridge)
	}
	if e.State != trace.FDBLearned {
		parts = append(parts, e.State.String())
	}
	return strings.Join(parts, " ")
}
