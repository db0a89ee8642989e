package iptables

import (
	"strconv"
	"strings"
)

// Limit is "-m limit": it matches a number of packets per time, after a burst.
type Limit struct {
	unjudged
	Packets uint32
	Per     uint32 // seconds: 1, 60, 3,600 or 86,400
	Burst   uint32
}

const (
	limitBurst = 5     // the default
	limitScale = 10000 // iptables counts in units of 1/10000 s (XT_LIMIT_SCALE)
)

var limitUnits = [...]struct {
	name    string
	seconds uint32
}{{"day", 24 * 60 * 60}, {"hour", 60 * 60}, {"min", 60}, {"sec", 1}}

// limitKind has no xtables form: iptables writes a plain expression, which [decodeLimit]
// reads.
var limitKind = &kind[Limit]{
	name: "limit", start: Limit{Packets: 3, Per: 60 * 60, Burst: limitBurst},
	options: []option[Limit]{
		{"--limit", "NUMBER[/UNIT]", false, (*Limit).set},
		{"--limit-burst", "NUMBER", false, func(l *Limit, a *argument) error {
			n, err := a.number(10000)
			l.Burst = uint32(n)
			return err
		}},
	},
}

// set reads "5/minute", in which the unit may be abbreviated.
func (l *Limit) set(a *argument) error {
	number, unit, has := strings.Cut(a.value(), "/")
	n, err := strconv.ParseUint(number, 10, 32)
	per := uint32(0)
	for _, u := range [...]struct {
		name    string
		seconds uint32
	}{{"second", 1}, {"minute", 60}, {"hour", 60 * 60}, {"day", 24 * 60 * 60}} {
		if per == 0 && (!has || unit != "" && strings.HasPrefix(u.name, strings.ToLower(unit))) {
			per = u.seconds
		}
	}
	if err != nil || n == 0 || per == 0 {
		return a.errorf("is not a rate such as 5/second, 10/minute, 3/hour or 1/day")
	}
	period := uint64(limitScale) * uint64(per) / n
	if period == 0 {
		return a.errorf("is more than 10,000 per second")
	}
	l.Packets, l.Per = rateOf(uint32(period))
	return nil
}

// rateOf returns the rate for an interval between two packets, in the unit that iptables
// chooses: the shortest that loses little precision.
func rateOf(period uint32) (packets, per uint32) {
	i := 1
	for ; i < len(limitUnits); i++ {
		if m := limitUnits[i].seconds * limitScale; period > m || m/period < m%period {
			break
		}
	}
	return limitUnits[i-1].seconds * limitScale / period, limitUnits[i-1].seconds
}

// String returns "-m limit --limit 5/min --limit-burst 7".
func (l Limit) String() string {
	t := begin("limit")
	t.add(false, "--limit", l.rate())
	t.addIf(l.Burst != limitBurst, "--limit-burst", strconv.FormatUint(uint64(l.Burst), 10))
	return t.String()
}

// rate returns "5/min".
func (l Limit) rate() string {
	for _, u := range limitUnits {
		if u.seconds == l.Per {
			return strconv.FormatUint(uint64(l.Packets), 10) + "/" + u.name
		}
	}
	return strconv.FormatUint(uint64(l.Packets), 10) + "/" + strconv.FormatUint(uint64(l.Per), 10) + "s"
}

func (l Limit) listed() string {
	return "limit: avg " + l.rate() + " burst " + strconv.FormatUint(uint64(l.Burst), 10)
}

// problems: a rate that iptables would round is refused.
func (l Limit) problems(place) (out []string) {
	if l.Packets == 0 || l.Per == 0 || uint64(l.Per)*limitScale > 0xffffffff || l.Per*limitScale/l.Packets == 0 {
		return []string{"limit has a rate that is not valid"}
	}
	if packets, per := rateOf(l.Per * limitScale / l.Packets); packets != l.Packets || per != l.Per {
		out = append(out, "limit has a rate that iptables would round")
	}
	return out
}

func (l Limit) encode(c *code) {
	c.add(rate{packets: uint64(l.Packets), seconds: uint64(l.Per), burst: l.Burst})
}

func decodeLimit(r rate) (Limit, bool) {
	if r.packets > 0xffffffff || r.seconds > 0xffffffff {
		return Limit{}, false
	}
	l := Limit{Packets: uint32(r.packets), Per: uint32(r.seconds), Burst: r.burst}
	return l, len(l.problems(place{})) == 0
}
