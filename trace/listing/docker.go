package listing

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"tracer/trace"
)

// docker prints what an engine knows about networks. Identifiers, times and everything else
// about containers are left out.
func docker(n *trace.Node, args []string) ([]string, error) {
	w := words{"docker", args}
	verb, ok := w.next()
	if !ok {
		return nil, errors.New("needs a command: ps, port, inspect or network")
	}
	object := ""
	if verb == "network" {
		if verb, ok = w.next(); !ok || verb != "ls" && verb != "inspect" {
			return nil, w.unknown(strings.TrimSpace("network " + verb))
		}
		verb = "network " + verb
	}
	switch verb {
	case "ps", "network ls":
	case "port", "inspect", "network inspect":
		if object, ok = w.next(); !ok {
			return nil, fmt.Errorf("%s needs a name", verb)
		}
	default:
		return nil, w.unknown(verb)
	}
	if extra, more := w.next(); more {
		return nil, w.unknown(extra)
	}
	if n.Engine == nil {
		return nil, &MissingError{n.Name, MissingEngine}
	}
	return dockerPrint(n.Engine, verb, object)
}

func dockerPrint(e *trace.Engine, verb, object string) ([]string, error) {
	c, network := e.Container(object), e.Network(object)
	switch verb {
	case "ps":
		return processes(e), nil
	case "network ls":
		return networks(e), nil
	case "port":
		if c == nil {
			return nil, fmt.Errorf("there is no container %q", object)
		}
		return ports(c), nil
	case "network inspect":
		c = nil
	}
	switch {
	case c != nil:
		return inspectContainer(e, c)
	case network != nil:
		return inspectNetwork(e, network)
	}
	return nil, fmt.Errorf("there is no %q to inspect", object)
}

// processes returns the table of docker ps, the newest container first, without the columns
// CONTAINER ID, COMMAND, CREATED and STATUS, and without IMAGE if no container's is known.
func processes(e *trace.Engine) []string {
	columns := []struct {
		title string
		value func(*trace.EngineContainer) string
	}{
		{"IMAGE", func(c *trace.EngineContainer) string { return c.Image }},
		{"PORTS", func(c *trace.EngineContainer) string { return strings.Join(published(c.Ports), ", ") }},
		{"NAMES", func(c *trace.EngineContainer) string { return c.Name }},
	}
	rows := make([][]string, len(e.Containers)+1)
	for _, column := range columns {
		cells := []string{column.title}
		known := column.title == "PORTS" || column.title == "NAMES"
		for i := range e.Containers {
			v := column.value(&e.Containers[len(e.Containers)-1-i])
			cells, known = append(cells, v), known || v != ""
		}
		if known {
			for i, cell := range cells {
				rows[i] = append(rows[i], cell)
			}
		}
	}
	return table(rows)
}

// networks returns the table of docker network ls, without NETWORK ID.
func networks(e *trace.Engine) []string {
	rows := [][]string{{"NAME", "DRIVER", "SCOPE"}}
	list := slices.Clone(e.Networks)
	slices.SortFunc(list, func(a, b trace.EngineNetwork) int { return cmp.Compare(a.Name, b.Name) })
	for _, n := range list {
		rows = append(rows, []string{n.Name, n.Driver, "local"})
	}
	return table(rows)
}

// table aligns cells as docker does.
func table(rows [][]string) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 10, 1, 3, ' ', 0)
	for _, r := range rows {
		fmt.Fprintln(w, strings.Join(r, "\t"))
	}
	_ = w.Flush() // to memory
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
}
