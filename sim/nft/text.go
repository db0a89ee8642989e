package nft

import (
	"slices"
	"strconv"
	"strings"
)

// String returns the tables as "nft --stateless list ruleset" prints them.
func (rs Ruleset) String() string {
	var b strings.Builder
	for i := range rs.Tables {
		for _, line := range rs.Tables[i].Lines() {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// Lines returns the table as nft prints it.
func (t *Table) Lines() []string {
	lines := []string{"table " + t.String() + " {"}
	if t.Dormant {
		lines = append(lines, "\tflags dormant")
	}
	first := !t.Dormant
	block := func(kind, name string, body []string) {
		if !first {
			lines = append(lines, "")
		}
		first = false
		lines = append(append(append(lines, "\t"+kind+" "+name+" {"), body...), "\t}")
	}
	for i := range t.Sets {
		s := &t.Sets[i]
		block(s.kind(), s.Name, s.body())
	}
	for i := range t.Chains {
		block("chain", t.Chains[i].Name, t.Chains[i].body(t.Family))
	}
	return append(lines, "}")
}

func (s *Set) kind() string {
	if s.maps() {
		return "map"
	}
	return "set"
}

func typeNames(list []*Type) string {
	parts := make([]string, len(list))
	for i, t := range list {
		parts[i] = t.name
	}
	return strings.Join(parts, " . ")
}

// of returns the types: "ipv4_addr . inet_service : verdict".
func (s *Set) of() string {
	switch {
	case s.Verdicts:
		return typeNames(s.Key) + " : verdict"
	case s.Data != nil:
		return typeNames(s.Key) + " : " + typeNames(s.Data)
	}
	return typeNames(s.Key)
}

func (s *Set) body() []string {
	lines := []string{"\t\ttype " + s.of()}
	if s.Interval {
		lines = append(lines, "\t\tflags interval")
	}
	if s.Comment != "" {
		lines = append(lines, "\t\tcomment \""+s.Comment+"\"")
	}
	if len(s.Elements) == 0 {
		return lines
	}
	wrap := 1
	if len(s.Key) == 1 {
		wrap = s.Key[0].wrap
	}
	list := s.elements()
	var rows []string
	for row := range slices.Chunk(list, wrap) {
		rows = append(rows, strings.Join(row, ", "))
	}
	all := strings.Split("\t\telements = { "+strings.Join(rows, ",\n\t\t\t     ")+" }", "\n")
	return append(lines, all...)
}

// elements returns the elements in the order in which nft prints them.
func (s *Set) elements() []string {
	sorted := slices.Clone(s.Elements)
	slices.SortStableFunc(sorted, func(a, b Element) int { return compareKeys(s.Key, a.Key, b.Key) })
	list := make([]string, len(sorted))
	for i := range sorted {
		list[i] = s.element(&sorted[i])
	}
	return list
}

// element returns "10.0.0.1 . 80 : accept".
func (s *Set) element(e *Element) string {
	text := valuesText(s.Key, e.Key)
	switch {
	case s.Verdicts:
		text += " : " + e.Verdict.String()
	case s.Data != nil:
		text += " : " + valuesText(s.Data, e.Data)
	}
	return text
}

func valuesText(types []*Type, list []Value) string {
	parts := make([]string, len(list))
	for i := range list {
		parts[i] = list[i].text(types[i])
	}
	return strings.Join(parts, " . ")
}

func (c *Chain) body(f Family) (lines []string) {
	if c.Comment != "" {
		lines = append(lines, "\t\tcomment \""+c.Comment+"\"")
	}
	if b := c.Base; b != nil {
		device := ""
		switch {
		case len(b.Devices) == 1:
			device = " device \"" + b.Devices[0] + "\""
		case len(b.Devices) > 1:
			device = " devices = { \"" + strings.Join(b.Devices, "\", \"") + "\" }"
		}
		lines = append(lines, "\t\ttype "+b.Type+" hook "+b.Hook+device+" priority "+f.priorityText(b.Hook, b.Priority)+"; policy "+b.Policy.String()+";")
	}
	for i := range c.Rules {
		lines = append(lines, "\t\t"+c.Rules[i].String())
	}
	return lines
}

// String returns the rule as nft prints it, without counts.
func (r *Rule) String() string {
	text, _ := r.render()
	return text
}

// render returns the text, and the place in it where the counts follow; 0: nowhere.
func (r *Rule) render() (text string, counts int) {
	var parts []string
	length := -1
	for _, s := range r.Statements {
		one := s.String()
		parts = append(parts, one)
		length += 1 + len(one)
		if _, is := s.(Counter); is {
			counts = length
		}
	}
	if r.Comment != "" {
		parts = append(parts, "comment \""+r.Comment+"\"")
	}
	return strings.Join(parts, " "), counts
}

// String returns "ip daddr != 127.0.0.0/8".
func (m Match) String() string {
	left := names(m.Left) + " " + opNames[m.Op]
	switch {
	case m.Set != nil:
		return left + "{ " + strings.Join(m.Set.elements(), ", ") + " }"
	case m.Name != "":
		return left + "@" + m.Name
	}
	return left + m.Right.text(m.Left[0].typ)
}

// String returns "oifname vmap @jumps".
func (b Branch) String() string {
	return names(b.Left) + " vmap " + lookupText(b.Set, b.Name)
}

func lookupText(s *Set, name string) string {
	if s != nil {
		return "{ " + strings.Join(s.elements(), ", ") + " }"
	}
	return "@" + name
}

// units are the units of time that limits have, in seconds.
var units = []struct {
	seconds uint64
	name    string
}{{1, "second"}, {60, "minute"}, {3600, "hour"}, {86400, "day"}, {604800, "week"}}

// defaultBurst is the burst that nft does not print.
const defaultBurst = 5

// String returns "limit rate 1/second burst 2 packets".
func (l Limit) String() string {
	text := "limit rate " + strconv.FormatUint(l.Rate, 10) + "/"
	for _, u := range units {
		if u.seconds == l.Unit {
			text += u.name
		}
	}
	if l.Burst != defaultBurst {
		text += " burst " + strconv.FormatUint(uint64(l.Burst), 10) + " packets"
	}
	return text
}
