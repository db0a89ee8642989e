package nft

import (
	"slices"
	"strings"
)

// parseSet reads a named set or map.
func (p *parser) parseSet(isMap bool) Set {
	s := Set{Name: p.name("set")}
	p.expect("{")
	for p.skipLines(); !p.is("}"); p.skipLines() {
		switch what := p.next(); what {
		case "type":
			p.setTypes(&s, isMap)
		case "flags":
			if flag := p.next(); flag != "interval" {
				p.at--
				p.fail("the flag %s is not supported; only interval is", quoted(flag))
			}
			s.Interval = true
		case "comment":
			s.Comment = p.quotedText()
		case "elements":
			p.expect("=")
			if s.Key == nil {
				p.fail("the type must come before the elements")
			}
			p.elements(&s)
		default:
			p.at--
			p.fail("%s is not part of a set", quoted(what))
		}
		if p.peek() != "}" {
			p.expect(lineEnd)
		}
	}
	if s.Key == nil {
		p.fail("set %s has no type", s.Name)
	}
	return s
}

func (p *parser) setTypes(s *Set, isMap bool) {
	s.Key = p.types()
	if !isMap {
		return
	}
	p.expect(":")
	if s.Verdicts = p.is("verdict"); !s.Verdicts {
		s.Data = p.types()
	}
}

// types reads "ipv4_addr . inet_service".
func (p *parser) types() (list []*Type) {
	for {
		t := typeNamed(p.next())
		if t == nil {
			p.at--
			p.fail("%s is not a type", quoted(p.peek()))
		}
		if list = append(list, t); !p.is(".") {
			return list
		}
	}
}

// elements reads "{ a, b : verdict }". Line ends do not matter in it.
func (p *parser) elements(s *Set) {
	p.expect("{")
	for p.skipLines(); !p.is("}"); p.skipLines() {
		e := Element{Key: p.values(s.Key, s.Name == "" || s.Interval)}
		if s.maps() {
			p.expect(":")
		}
		switch {
		case s.Verdicts:
			e.Verdict = p.verdict(p.next())
		case s.Data != nil:
			e.Data = p.values(s.Data, false)
		}
		s.Elements = append(s.Elements, e)
		if p.skipLines(); !p.is(",") && p.peek() != "}" {
			p.fail("expected a comma, not %s", quoted(p.peek()))
		}
	}
	if s.Name == "" { // nft makes it an interval set if it needs one
		s.Interval = slices.ContainsFunc(s.Elements, func(e Element) bool {
			return slices.ContainsFunc(e.Key, func(v Value) bool { return !v.one() })
		})
	}
	if s.Interval && len(s.Key) > 1 {
		p.fail("ranges in concatenations are not supported")
	}
}

// values reads "10.0.0.1 . 80".
func (p *parser) values(types []*Type, ranges bool) (list []Value) {
	for i, t := range types {
		if i > 0 {
			p.expect(".")
		}
		word := p.next()
		v, err := parseValue(t, word)
		must(p, v, err)
		switch {
		case !v.one() && !ranges:
			p.at--
			p.fail("%s is a range, which only sets with the flag interval can have", quoted(word))
		case t == ifName && len(v.First) != maxName:
			p.at--
			p.fail("%s: a set cannot have wildcards", word)
		case v.Last != nil && !v.Prefix:
			v = rangeValue(t, v.First, v.Last)
		}
		list = append(list, v)
	}
	return list
}

// verdict reads a verdict that begins with a word.
func (p *parser) verdict(word string) Verdict {
	for k, name := range kindNames {
		if name != word || word == "" {
			continue
		}
		v := Verdict{Kind: Kind(k)}
		if v.Kind == Jump || v.Kind == Goto {
			v.Chain = p.name("chain")
		}
		return v
	}
	p.at--
	p.fail("%s is not a verdict", quoted(word))
	return Verdict{}
}

// lookup reads "@name" or "{ elements }" after a concatenation.
func (p *parser) lookup(left []*Selector, s Set) (*Set, string) {
	if name, named := strings.CutPrefix(p.peek(), "@"); named {
		p.at++
		return nil, name
	}
	s.Key = typesOf(left)
	p.elements(&s)
	return &s, ""
}
