package nft

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Parse reads tables in the syntax that nft prints. The error is a [*SyntaxError].
func Parse(text string) (rs Ruleset, err error) {
	tokens, err := lex(text)
	if err != nil {
		return Ruleset{}, err
	}
	p := &parser{tokens: tokens}
	defer func() {
		if r := recover(); r != nil {
			e, ours := r.(*SyntaxError)
			if !ours {
				panic(r)
			}
			rs, err = Ruleset{}, e
		}
	}()
	for p.skipLines(); p.peek() != ""; p.skipLines() {
		rs.Tables = append(rs.Tables, p.parseTable())
	}
	return rs, nil
}

// parser reads tokens. It reports mistakes by a panic with a *SyntaxError, which Parse
// recovers.
type parser struct {
	tokens []token
	at     int
	table  *Table
}

func (p *parser) fail(format string, args ...any) {
	line := 1
	if n := min(p.at, len(p.tokens)-1); n >= 0 {
		line = p.tokens[n].line
	}
	panic(&SyntaxError{line, fmt.Sprintf(format, args...)})
}

// peek returns the next token; empty: there is none.
func (p *parser) peek() string {
	if p.at < len(p.tokens) {
		return p.tokens[p.at].text
	}
	return ""
}

func (p *parser) next() string {
	t := p.peek()
	if t == "" {
		p.fail("the text ends too early")
	}
	p.at++
	return t
}

// is skips the next token if it is the given one.
func (p *parser) is(text string) bool {
	if p.peek() != text {
		return false
	}
	p.at++
	return true
}

func (p *parser) expect(text string) {
	if got := p.peek(); got != text {
		p.fail("expected %s, not %s", quoted(text), quoted(got))
	}
	p.at++
}

func quoted(token string) string {
	if token == lineEnd {
		return "the end of the line"
	}
	return strconv.Quote(token)
}

func (p *parser) skipLines() {
	for p.peek() == lineEnd {
		p.at++
	}
}

// must returns a value, or reports the mistake.
func must[V any](p *parser, v V, err error) V {
	if err != nil {
		p.at--
		p.fail("%v", err)
	}
	return v
}

// name reads a name that the text chooses.
func (p *parser) name(of string) string {
	s := p.next()
	if !plainName(s) {
		p.at--
		p.fail("%s is not a name of a %s", quoted(s), of)
	}
	return s
}

// plainName reports whether a text is an identifier of nft, which begins with a letter.
func plainName(s string) bool {
	for i, c := range s {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789/\\_.-", c)) {
			return false
		}
	}
	return s != "" && len(s) < 128
}

func (p *parser) quotedText() string {
	s := p.next()
	if len(s) < 2 || s[0] != '"' {
		p.at--
		p.fail("%s is not text in quotes", quoted(s))
	}
	return s[1 : len(s)-1]
}

func (p *parser) parseTable() Table {
	p.expect("table")
	t := Table{Family: IPv4}
	if f, known := parseFamily(p.peek()); known {
		t.Family = f
		p.at++
	}
	if !slices.Contains([]Family{Inet, IPv4, IPv6}, t.Family) {
		p.fail("tables of family %s are not supported; those of ip, ip6 and inet are", t.Family)
	}
	t.Name = p.name("table")
	p.table = &t
	p.expect("{")
	for p.skipLines(); !p.is("}"); p.skipLines() {
		switch kind := p.next(); kind {
		case "set", "map":
			t.Sets = append(t.Sets, p.parseSet(kind == "map"))
		case "chain":
			t.Chains = append(t.Chains, p.parseChain())
		default:
			p.at--
			p.fail("%s is not part of a table; set, map and chain are", quoted(kind))
		}
	}
	return t
}

func (p *parser) parseChain() Chain {
	c := Chain{Name: p.name("chain")}
	p.expect("{")
	for p.skipLines(); !p.is("}"); p.skipLines() {
		switch p.peek() {
		case "type":
			c.Base = p.parseBase()
		case "policy":
			p.at++
			if c.Base == nil {
				p.fail("only a base chain has a policy")
			}
			c.Base.Policy = p.policy()
		default:
			c.Rules = append(c.Rules, p.parseRule())
		}
	}
	return c
}

func (p *parser) policy() Kind {
	switch s := p.next(); s {
	case "accept":
		return Accept
	case "drop":
		return Drop
	default:
		p.at--
		p.fail("%s is not a policy; accept and drop are", quoted(s))
		return 0
	}
}

// parseBase reads "type filter hook forward priority filter + 5; policy accept;". The policy
// may be missing.
func (p *parser) parseBase() *Base {
	b := &Base{Policy: Accept}
	p.expect("type")
	b.Type = p.next()
	p.expect("hook")
	b.Hook = p.next()
	p.expect("priority")
	b.Priority = p.priority()
	p.expect(lineEnd)
	return b
}

// priority reads "-100", "filter", "filter + 5".
func (p *parser) priority() int {
	word := p.next()
	if n, err := strconv.Atoi(word); err == nil {
		return n
	}
	base, known := p.table.Family.priorityValue(word)
	if !known {
		p.at--
		p.fail("%s is not a priority", quoted(word))
	}
	sign := p.peek()
	if sign != "+" && sign != "-" {
		return base
	}
	p.at++
	word = p.next()
	n, err := strconv.Atoi(word)
	if must(p, n, err); sign == "-" {
		n = -n
	}
	return base + n
}
