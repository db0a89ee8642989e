package iptables

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// Contains is "-m string": bytes occur in the packet.
type Contains struct {
	unjudged
	Pattern    string
	Not        bool
	Algorithm  string // "bm" (Boyer-Moore) or "kmp" (Knuth-Morris-Pratt)
	From, To   uint16 // offsets in the packet
	IgnoreCase bool
}

// Offsets in struct xt_string_info (linux/netfilter/xt_string.h), and the flags.
const (
	stringAlgorithm     = 4
	stringAlgorithmSize = 16
	stringPattern       = 20
	stringPatternSize   = 128
	stringLength        = 148
	stringFlags         = 149
	stringSize          = 160 // with the kernel's pointer

	stringInvert     = 1
	stringIgnoreCase = 2
)

var stringKind = &kind[Contains]{
	name: "string", start: Contains{To: 0xffff},
	options: []option[Contains]{
		{"--string", "TEXT", true, func(m *Contains, a *argument) error {
			m.Pattern, m.Not = a.value(), a.not
			return nil
		}},
		{"--hex-string", "TEXT", true, (*Contains).hex},
		{"--algo", "ALGORITHM", false, func(m *Contains, a *argument) error {
			m.Algorithm = a.value()
			return nil
		}},
		{"--from", "OFFSET", false, func(m *Contains, a *argument) error {
			n, err := a.number(0xffff)
			m.From = uint16(n)
			return err
		}},
		{"--to", "OFFSET", false, func(m *Contains, a *argument) error {
			n, err := a.number(0xffff)
			m.To = uint16(n)
			return err
		}},
		{"--icase", "", false, func(m *Contains, _ *argument) error {
			m.IgnoreCase = true
			return nil
		}},
	},
	read: func(revision uint32, s structure) (Contains, bool) {
		flags, n := s.uint8(stringFlags), int(s.uint8(stringLength))
		if revision != 1 || n > stringPatternSize || flags > stringInvert|stringIgnoreCase {
			return Contains{}, false
		}
		return Contains{
			Pattern: string(s[stringPattern : stringPattern+n]), Not: flags&stringInvert != 0, IgnoreCase: flags&stringIgnoreCase != 0,
			Algorithm: s.text(stringAlgorithm, stringAlgorithmSize), From: s.uint16(0), To: s.uint16(2),
		}, true
	},
	size: stringFlags + 1,
}

// hex reads text with bytes between bars: "GET|20 2f|".
func (m *Contains) hex(a *argument) error {
	var out []byte
	for i, part := range strings.Split(a.value(), "|") {
		if i%2 == 0 {
			out = append(out, part...)
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			return a.errorf("is not text with hexadecimal bytes between bars, as in GET|202f|")
		}
		out = append(out, b...)
	}
	m.Pattern, m.Not = string(out), a.not
	return nil
}

// plain reports whether iptables prints the pattern as text.
func (m Contains) plain() bool {
	for i := range len(m.Pattern) {
		if c := m.Pattern[i]; c < ' ' || c >= 0x7f {
			return false
		}
	}
	return !strings.HasSuffix(m.Pattern, `\`)
}

// quoted returns the pattern as text, or in hexadecimal digits.
func (m Contains) quoted() string {
	if m.plain() {
		return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(m.Pattern) + `"`
	}
	return `"|` + hex.EncodeToString([]byte(m.Pattern)) + `|"`
}

// String returns `-m string --string "GET" --algo bm`.
func (m Contains) String() string {
	t := begin("string")
	flag := "--hex-string"
	if m.plain() {
		flag = "--string"
	}
	t.add(m.Not, flag, m.quoted())
	t.add(false, "--algo", m.Algorithm)
	t.addIf(m.From != 0, "--from", strconv.Itoa(int(m.From)))
	t.addIf(m.To != 0xffff, "--to", strconv.Itoa(int(m.To)))
	t.addIf(m.IgnoreCase, "--icase")
	return t.String()
}

func (m Contains) listed() string {
	not := ""
	if m.Not {
		not = "!"
	}
	t := text{words: []string{"STRING match", not, m.quoted(), "ALGO name", m.Algorithm}}
	t.addIf(m.From != 0, "FROM", strconv.Itoa(int(m.From)))
	t.addIf(m.To != 0xffff, "TO", strconv.Itoa(int(m.To)))
	t.addIf(m.IgnoreCase, "ICASE")
	return t.String()
}

func (m Contains) problems(place) (out []string) {
	if m.Pattern == "" || len(m.Pattern) > stringPatternSize {
		out = append(out, "string needs --string or --hex-string, of 1 to 128 bytes")
	}
	if m.Algorithm != "bm" && m.Algorithm != "kmp" {
		out = append(out, "string needs --algo bm or --algo kmp")
	}
	if m.From > m.To {
		out = append(out, "string has --from after --to")
	}
	return out
}

func (m Contains) encode(c *code) {
	s := make(structure, stringSize)
	s.put16(0, m.From)
	s.put16(2, m.To)
	copy(s[stringAlgorithm:stringAlgorithm+stringAlgorithmSize], m.Algorithm)
	s.put8(stringLength, uint8(copy(s[stringPattern:stringPattern+stringPatternSize], m.Pattern)))
	if m.Not {
		s[stringFlags] |= stringInvert
	}
	if m.IgnoreCase {
		s[stringFlags] |= stringIgnoreCase
	}
	c.match("string", 1, s)
}
