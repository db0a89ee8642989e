package nft

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// parseRule reads a rule up to the end of its line.
func (p *parser) parseRule() Rule {
	var r Rule
	for !p.is(lineEnd) {
		switch word := p.next(); word {
		case "comment":
			r.Comment = p.quotedText()
		case "counter":
			p.counts()
			r.Statements = append(r.Statements, Counter{})
		case "limit":
			r.Statements = append(r.Statements, p.limit())
		case "reject":
			r.Statements = append(r.Statements, p.reject())
		case "dnat", "snat", "masquerade", "redirect":
			r.Statements = append(r.Statements, p.nat(word))
		default:
			r.Statements = append(r.Statements, p.condition(word))
		}
		if p.peek() == "}" { // the chain's end
			break
		}
	}
	return r
}

// counts skips the counts that a counter had.
func (p *parser) counts() {
	for _, word := range []string{"packets", "bytes"} {
		if p.is(word) {
			n, err := strconv.ParseUint(p.next(), 10, 64)
			must(p, n, err)
		}
	}
}

// condition reads a match, a verdict map or a verdict.
func (p *parser) condition(word string) Statement {
	p.at--
	left := p.selectors()
	if left == nil {
		p.at++
		if !slices.Contains(kindNames[:], word) {
			p.at--
			p.fail("%s is not a supported statement", quoted(word))
		}
		return p.verdict(word)
	}
	if p.is("vmap") {
		b := Branch{Left: left}
		b.Set, b.Name = p.lookup(left, Set{Verdicts: true})
		return b
	}
	m := Match{Left: left, Op: p.operator()}
	if len(left) > 1 || p.peek() == "{" || strings.HasPrefix(p.peek(), "@") {
		if m.Op > NotEqual {
			p.fail("sets can be compared only with == and !=")
		}
		m.Set, m.Name = p.lookup(left, Set{})
		return m
	}
	m.Right = p.right(left[0], m.Op)
	return m
}

// right reads the value that a match compares with.
func (p *parser) right(s *Selector, op Op) Value {
	word := p.next()
	for s.typ.flags() && p.is(",") {
		word += "," + p.next()
	}
	v, err := parseValue(s.typ, word)
	must(p, v, err)
	switch {
	case op > NotEqual && (!v.one() || s.typ != service && s.typ != octet):
		p.fail("only single ports and numbers can be compared by magnitude")
	case op == NotEqual && s.typ.flags() && strings.Contains(word, ","):
		p.fail("!= works only with one state")
	}
	return v
}

// selectors reads "ip saddr . tcp dport"; nil if the next word begins none.
func (p *parser) selectors() (list []*Selector) {
	for {
		var words []string
		for _, t := range p.tokens[p.at:min(p.at+3, len(p.tokens))] {
			words = append(words, t.text)
		}
		s, n := selectorNamed(words)
		if s == nil {
			if list != nil {
				p.fail("%s cannot be compared", quoted(p.peek()))
			}
			return nil
		}
		p.at += n
		if list = append(list, s); !p.is(".") {
			return list
		}
	}
}

func (p *parser) operator() Op {
	for op, name := range opNames {
		if name != "" && p.is(strings.TrimSpace(name)) {
			return Op(op)
		}
	}
	p.is("==")
	return Equal
}

// limit reads "rate 1/second burst 2 packets".
func (p *parser) limit() Limit {
	p.expect("rate")
	number, unit, _ := strings.Cut(p.next(), "/")
	rate, err := strconv.ParseUint(number, 10, 32)
	l := Limit{Rate: must(p, rate, err), Burst: defaultBurst}
	for _, u := range units {
		if u.name == unit {
			l.Unit = u.seconds
		}
	}
	if l.Unit == 0 {
		p.at--
		p.fail("%s is not a unit of time", quoted(unit))
	}
	if p.is("burst") {
		burst, err := strconv.ParseUint(p.next(), 10, 32)
		l.Burst = uint32(must(p, burst, err))
		p.expect("packets")
	}
	return l
}

// reject reads "with icmp host-unreachable".
func (p *parser) reject() Reject {
	f := p.table.Family
	r := Reject{Type: rejectICMP, Family: f, table: f}
	r.Code = r.defaultCode()
	if f == Inet {
		r = Reject{Type: rejectInet, Code: portUnreachableInet, table: f}
	}
	if !p.is("with") {
		return r
	}
	var list []answer
	switch how := p.next(); how {
	case "tcp":
		p.expect("reset")
		return Reject{Reset: true, Type: rejectReset, table: f}
	case "icmp":
		r, list = Reject{Type: rejectICMP, Family: IPv4, table: f}, icmpAnswers
	case "icmpv6":
		r, list = Reject{Type: rejectICMP, Family: IPv6, table: f}, icmp6Answers
	case "icmpx":
		r, list = Reject{Type: rejectInet, table: f}, inetAnswers
	default:
		p.at--
		p.fail("a packet cannot be rejected with %s", quoted(how))
	}
	code, known := answerCode(list, p.next())
	if !known {
		p.at--
		p.fail("%s is not an answer", quoted(p.peek()))
	}
	r.Code = code
	return r
}

// nat reads "ip to 172.17.0.2:5000 random".
func (p *parser) nat(word string) NAT {
	n := NAT{Kind: NATKind(slices.Index(natNames[:], word))}
	if f, known := parseFamily(p.peek()); known && (f == IPv4 || f == IPv6) {
		// In a table of one family, "ip saddr" may follow "masquerade" only as a mistake.
		n.Family = f
		p.at++
	}
	if p.is("to") {
		if left := p.selectors(); left != nil {
			p.expect("map")
			n.Map = &Lookup{Left: left}
			data := []*Type{ip4}
			if n.Family == IPv6 || n.Family == 0 && p.table.Family == IPv6 {
				data = []*Type{ip6}
			}
			n.Map.Set, n.Map.Name = p.lookup(left, Set{Data: p.mapData(data)})
		} else {
			p.target(&n, p.next())
		}
	}
	for _, f := range []struct {
		on   *bool
		name string
	}{{&n.Random, "random"}, {&n.FullyRandom, "fully-random"}, {&n.Persistent, "persistent"}} {
		*f.on = p.is(f.name)
	}
	return n
}

// mapData returns the types of a map that is part of a rule: an address, and a port if the
// first element has one.
func (p *parser) mapData(data []*Type) []*Type {
	for i := p.at; i < len(p.tokens) && p.tokens[i].text != "," && p.tokens[i].text != "}"; i++ {
		if p.tokens[i].text != ":" {
			continue
		}
		if i+2 < len(p.tokens) && p.tokens[i+2].text == "." {
			data = append(data, service)
		}
		break
	}
	return data
}

// target reads "10.0.0.1-10.0.0.9:80-90", "[fd00::1]:80", ":8080".
func (p *parser) target(n *NAT, word string) {
	address, port := word, ""
	if i := strings.LastIndexByte(word, ':'); i >= 0 && (strings.Count(word, ":") == 1 || strings.HasSuffix(word[:i], "]")) {
		address, port = word[:i], word[i+1:]
	}
	if address != "" {
		first, last, isRange := strings.Cut(strings.NewReplacer("[", "", "]", "").Replace(address), "-")
		a, err := netip.ParseAddr(first)
		n.Address = must(p, a, err)
		if isRange {
			a, err = netip.ParseAddr(last)
			n.Last = must(p, a, err)
		}
	}
	if port != "" {
		v, err := parseValue(service, port)
		must(p, v, err)
		n.Port = uint16(service.value(v.First))
		if v.Last != nil {
			n.LastPort = uint16(service.value(v.Last))
		}
	}
}
