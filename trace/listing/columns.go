package listing

import (
	"fmt"
	"strings"

	"tracer/trace"
)

// chainLines returns a chain in the form of iptables -L.
func (q *rulesOf) chainLines(t *trace.Table, c *trace.Chain) []string {
	lines := []string{"Chain " + c.Name + " (" + q.about(t, c) + ")", q.heading()}
	for i := range c.Rules {
		r := &c.Rules[i]
		line := ""
		if q.lines {
			line = fmt.Sprintf("%-4d ", i+1)
		}
		if q.verbose {
			line += q.padded(r.Packets) + " " + q.padded(r.Bytes) + " "
		}
		lines = append(lines, line+q.columnsOf(&r.Columns))
	}
	return lines
}

// about returns a base chain's policy with its counters, or how many rules lead to another
// chain.
func (q *rulesOf) about(t *trace.Table, c *trace.Chain) string {
	switch {
	case c.Policy == "":
		return fmt.Sprintf("%d references", references(t, c.Name))
	case q.verbose && c.Counted != nil:
		return fmt.Sprintf("policy %s %s packets, %s bytes", c.Policy, q.number(c.Counted.Packets), q.number(c.Counted.Bytes))
	}
	return "policy " + c.Policy
}

// references counts the rules whose target is a chain.
func references(t *trace.Table, chain string) (n int) {
	for i := range t.Chains {
		for k := range t.Chains[i].Rules {
			if t.Chains[i].Rules[k].Columns.Target == chain {
				n++
			}
		}
	}
	return n
}

func (q *rulesOf) heading() string {
	s := ""
	if q.lines {
		s = "num  "
	}
	switch {
	case q.verbose && q.exact:
		s += "    pkts      bytes "
	case q.verbose:
		s += " pkts bytes "
	}
	s += "target     prot opt "
	if q.verbose {
		s += "in     out     "
	}
	return s + "source               destination"
}

// columnsOf lays out a rule from its target on. The sign of a negated protocol or address
// stands in the blank before its column; that of an interface makes the column wider.
func (q *rulesOf) columnsOf(c *trace.Columns) string {
	s := fmt.Sprintf("%-9s %-5s %s ", c.Target, signed(c.Protocol), c.Options)
	if q.verbose {
		s += fmt.Sprintf(" %-6s %-6s ", c.In, c.Out)
	}
	s += fmt.Sprintf("%-20s %-20s ", signed(c.Source), signed(c.Destination))
	if c.Goto {
		s += "[goto] "
	}
	if c.Details != "" {
		s += " " + c.Details
	}
	return s
}

// signed puts a blank where the sign of a negated value is.
func signed(value string) string {
	if strings.HasPrefix(value, "!") {
		return value
	}
	return " " + value
}

// padded returns a counter in its column, which is wider for exact numbers.
func (q *rulesOf) padded(n uint64) string {
	width := 5
	if q.exact {
		width = 8
	}
	return fmt.Sprintf("%*s", width, q.number(n))
}

// number returns a counter as iptables prints it: numbers of more than five digits are
// rounded to thousands (K), millions (M) and so on, of up to four digits.
func (q *rulesOf) number(n uint64) string {
	const mostDigits, mostRounded = 99999, 9999
	if q.exact || n <= mostDigits {
		return fmt.Sprint(n)
	}
	n = (n + 500) / 1000
	for _, unit := range []string{"K", "M", "G"} {
		if n <= mostRounded {
			return fmt.Sprint(n) + unit
		}
		n = (n + 500) / 1000
	}
	return fmt.Sprint(n) + "T"
}
