package iptables

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ParseRule reads a rule of IPv4 as iptables -S prints it, without "-A CHAIN ". It is the
// inverse of [Rule.String]. It also accepts other forms that iptables accepts: long
// options (--protocol), an address without a prefix length, "--dport" right after "-p
// tcp". Words may be quoted as in a shell.
func ParseRule(text string) (Rule, error) {
	words, err := splitWords(text)
	if err != nil {
		return Rule{}, err
	}
	return parseWords(IPv4, words)
}

func parseWords(f Family, words []string) (Rule, error) {
	p := parser{family: f, words: words}
	if err := p.rule(); err != nil {
		return Rule{}, err
	}
	return p.made, nil
}

// parser reads the words of one rule.
type parser struct {
	family Family
	words  []string
	made   Rule
	not    bool // the last word was "!"
	parts  []*parsing
}

// parsing is a match or target whose options may still come.
type parsing struct {
	extension
	flag  string // "-m" or "-j"
	part  any
	given []string // the options so far
}

func (p *parser) rule() error {
	for len(p.words) > 0 {
		word := p.words[0]
		p.words = p.words[1:]
		if word == "!" {
			if p.not {
				return errors.New(`"!" twice in a row`)
			}
			p.not = true
			continue
		}
		if err := p.word(word); err != nil {
			return err
		}
		if p.not {
			return fmt.Errorf(`"!" before %s, which cannot be negated`, word)
		}
	}
	if p.not {
		return errors.New(`"!" at the end of the rule`)
	}
	for _, e := range p.parts {
		if err := e.complete(); err != nil {
			return err
		}
		switch part := e.part.(type) {
		case Match:
			p.made.Matches = append(p.made.Matches, part)
		case Target:
			p.made.Target = part
		}
	}
	return p.check()
}

// complete returns an error if an option is missing.
func (e *parsing) complete() error {
	if !e.one() || len(e.given) == 1 {
		return nil
	}
	var all []string
	for _, o := range e.about() {
		all = append(all, o.Names[0])
	}
	switch {
	case len(e.given) > 1:
		return fmt.Errorf("%s %s takes only one of %s", e.flag, e.title(), strings.Join(e.given, " and "))
	case len(all) == 1:
		return fmt.Errorf("%s %s needs %s", e.flag, e.title(), all[0])
	}
	return fmt.Errorf("%s %s needs one of %s", e.flag, e.title(), strings.Join(all, ", "))
}

// check returns an error if parts of the rule do not go together.
func (p *parser) check() error {
	at := place{family: p.family, protocol: p.made.Protocol}
	for _, m := range p.made.Matches {
		if problems := m.problems(at); len(problems) > 0 {
			return errors.New(problems[0])
		}
	}
	if t := p.made.Target; t != nil {
		if problems := t.problems(at); len(problems) > 0 {
			return errors.New(problems[0])
		}
	}
	return nil
}

// value consumes the word after an option.
func (p *parser) value(option string) (string, error) {
	if len(p.words) == 0 || p.words[0] == "!" {
		return "", fmt.Errorf("%s needs a value", option)
	}
	v := p.words[0]
	p.words = p.words[1:]
	return v, nil
}

// negated reports whether the previous word was "!", and resets it.
func (p *parser) negated() bool {
	not := p.not
	p.not = false
	return not
}

// word reads an option and its values.
func (p *parser) word(word string) error {
	switch word {
	case "-s", "--source", "--src":
		return p.address(word, &p.made.Source)
	case "-d", "--destination", "--dst":
		return p.address(word, &p.made.Destination)
	case "-i", "--in-interface":
		return p.iface(word, &p.made.In)
	case "-o", "--out-interface":
		return p.iface(word, &p.made.Out)
	case "-p", "--protocol":
		return p.protocol(word)
	case "-f", "--fragment":
		if p.family != IPv4 {
			return fmt.Errorf("%s is for IPv4 only", word)
		}
		p.made.Fragments = LaterFragments
		if p.negated() {
			p.made.Fragments = FirstFragments
		}
		return nil
	case "-m", "--match":
		return p.module(word)
	case "-j", "--jump", "-g", "--goto":
		return p.jump(word)
	}
	return p.option(word)
}

// option reads an option of a match or target. If several have it, it belongs to the last.
// The protocol's match is implied.
func (p *parser) option(word string) error {
	if e, o := search(p.parts, word); e != nil {
		return p.apply(e, o, word)
	}
	if implied := p.implied(); implied != nil {
		if e, o := search([]*parsing{implied}, word); e != nil {
			p.parts = append(p.parts, e)
			return p.apply(e, o, word)
		}
	}
	return p.unknown(word)
}

// search finds the last part with an option or, like getopt_long, the only option that a
// word abbreviates.
func search(parts []*parsing, word string) (found *parsing, option Option) {
	count := 0
	for i := len(parts) - 1; i >= 0; i-- {
		if o, ok := parts[i].find(word); ok {
			return parts[i], o
		}
		for _, o := range parts[i].about() {
			if len(word) > len("--") && slices.ContainsFunc(o.Names, func(n string) bool { return strings.HasPrefix(n, word) }) {
				found, option = parts[i], o
				count++
			}
		}
	}
	if count != 1 {
		return nil, Option{}
	}
	return found, option
}

func (e *parsing) find(word string) (Option, bool) {
	for _, o := range e.about() {
		if slices.Contains(o.Names, word) {
			return o, true
		}
	}
	return Option{}, false
}

func (p *parser) apply(e *parsing, o Option, word string) (err error) {
	if slices.Contains(e.given, o.Names[0]) {
		return fmt.Errorf("%s is given twice", word)
	}
	e.given = append(e.given, o.Names[0])
	if !slices.Contains(o.Names, word) {
		word = o.Names[0] // it was abbreviated
	}
	a := &argument{family: p.family, option: word}
	for range strings.Fields(o.Values) {
		v, err := p.value(word)
		if err != nil {
			return err
		}
		a.values = append(a.values, v)
	}
	if o.Not {
		a.not = p.negated()
	}
	e.part, err = e.extension.option(e.part, a)
	return err
}

// implied returns the match that "-p" implies, if there is one.
func (p *parser) implied() *parsing {
	of := p.made.Protocol
	name := map[ProtocolNumber]string{TCP: tcpKind.name, UDP: udpKind.name, ICMP: icmpKind.name, ICMPv6: icmp6Kind.name}[of.Number]
	if e := find(matchKinds, p.family, name); e != nil && !of.Not {
		return &parsing{extension: e, flag: "-m", part: e.begin(p.family)}
	}
	return nil
}

const basicOptions = "-s, -d, -i, -o, -p, -f, -m, -j and -g"

func (p *parser) unknown(word string) error {
	if !strings.HasPrefix(word, "-") {
		return fmt.Errorf("%q is not an option; the options are %s", word, basicOptions)
	}
	if n := len(p.parts); n > 0 {
		var all []string
		for _, o := range p.parts[n-1].about() {
			all = append(all, o.Names[0])
		}
		return fmt.Errorf("unknown option %s; the options of %s %s are %s", word, p.parts[n-1].flag, p.parts[n-1].title(), strings.Join(all, ", "))
	}
	var with []string
	for _, e := range matchKinds {
		if _, ok := (&parsing{extension: e}).find(word); ok && e.in(p.family) {
			flag := "-m "
			if n, ok := protocolNamed(e.title()); ok && (n == TCP || n == UDP || n == ICMP) {
				flag = "-p "
			}
			with = append(with, flag+e.title())
		}
	}
	if with != nil {
		return fmt.Errorf("%s needs %s before it", word, strings.Join(with, " or "))
	}
	return fmt.Errorf("unknown option %s; the options are %s", word, basicOptions)
}
