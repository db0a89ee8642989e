package iptables

import (
	"errors"
	"fmt"
	"strings"
)

// ParseRule reads a rule as iptables -S prints it, without "-A CHAIN ": it is the inverse of
// [Rule.String]. It also accepts other forms that iptables accepts: long options
// (--protocol), an address without a length, "--dport" right after "-p tcp". Parts in
// square brackets become [Opaque].
func ParseRule(text string) (Rule, error) {
	p := parser{words: words(text)}
	if err := p.rule(); err != nil {
		return Rule{}, err
	}
	return p.made, nil
}

// words splits a text at spaces that are not within square brackets.
func words(text string) (out []string) {
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimLeft(rest, " \t") {
		end := strings.IndexAny(rest, " \t")
		if rest[0] == '[' {
			end = strings.IndexByte(rest, ']') + 1
		}
		if end <= 0 {
			end = len(rest)
		}
		out = append(out, rest[:end])
		rest = rest[end:]
	}
	return out
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

// check returns what is wrong with the parts in combination.
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

// value takes the word after an option.
func (p *parser) value(option string) (string, error) {
	if len(p.words) == 0 || p.words[0] == "!" {
		return "", fmt.Errorf("%s needs a value", option)
	}
	v := p.words[0]
	p.words = p.words[1:]
	return v, nil
}

// negated reports whether the last word was "!", and consumes it.
func (p *parser) negated() bool {
	not := p.not
	p.not = false
	return not
}

// part reads an option with its value, or an opaque part.
func (p *parser) part(word string) error {
	if strings.HasPrefix(word, "[") {
		return p.opaque(word)
	}
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

// opaque reads a part in square brackets.
func (p *parser) opaque(word string) error {
	inner, closed := strings.CutSuffix(strings.TrimPrefix(word, "["), "]")
	if !closed {
		return fmt.Errorf("%s has no closing bracket", word)
	}
	o := Opaque{Kind: Expression, Name: inner}
	kind, rest, _ := strings.Cut(inner, " ")
	if name, revision, ok := cutLast(rest, " rev "); ok && (kind == "match" || kind == "target") {
		var n uint32
		if _, err := fmt.Sscanf(revision, "%d", &n); err == nil && fmt.Sprint(n) == revision {
			o = Opaque{XtMatch, name, n}
			if kind == "target" {
				o.Kind = XtTarget
			}
		}
	}
	if o.Kind == XtTarget {
		if p.made.Target != nil {
			return fmt.Errorf("%s is a second target", word)
		}
		p.made.Target = o
		return nil
	}
	p.made.Matches = append(p.made.Matches, o)
	return nil
}

// cutLast splits a text around the last instance of a separator.
func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}
