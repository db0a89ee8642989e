package iptables

import (
	"errors"
	"fmt"
	"strings"
)

// ParseRule reads a rule as iptables -S prints it, without "-A CHAIN ". It is the
// inverse of [Rule.String]. It also accepts other forms that iptables accepts: long
// options (--protocol), an address without a prefix length, "--dport" right after "-p
// tcp".
func ParseRule(text string) (Rule, error) {
	p := parser{words: strings.Fields(text)}
	if err := p.rule(); err != nil {
		return Rule{}, err
	}
	return p.made, nil
}

// parser reads the words of one rule.
type parser struct {
	words []string
	made  Rule
	not   bool // the last word was "!"
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
		if err := p.part(word); err != nil {
			return err
		}
		if p.not {
			return fmt.Errorf(`"!" before %s, which cannot be negated`, word)
		}
	}
	if p.not {
		return errors.New(`"!" at the end of the rule`)
	}
	return p.check()
}

// check returns an error if parts of the rule do not go together.
func (p *parser) check() error {
	r := &p.made
	for _, m := range r.Matches {
		var problems []string
		switch m := m.(type) {
		case AddrType:
			problems = m.problems()
		case Ports:
			problems = m.problems(r.Protocol)
		case ConnState:
			if s := m.problem(); s != "" {
				problems = []string{s}
			}
		}
		if len(problems) > 0 {
			return errors.New(problems[0])
		}
	}
	if t, ok := r.Target.(interface{ problems(Protocol) []string }); ok {
		if problems := t.problems(r.Protocol); len(problems) > 0 {
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

// part reads an option and its value.
func (p *parser) part(word string) error {
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
	case "-m", "--match":
		return p.module(word)
	case "-j", "--jump":
		return p.jump(word)
	case "-g", "--goto":
		return errors.New("-g is not supported; use -j")
	}
	return p.option(word)
}
