package iptables

import (
	"math"
	"strconv"
)

// Statistic is "-m statistic": it matches by chance, or every nth packet.
type Statistic struct {
	unjudged
	Mode        StatisticMode
	Probability uint32 // of 1<<31
	Every       uint32
	Packet      uint32 // the first that matches, counted from 0
	Not         bool
}

// StatisticMode is how packets are chosen (linux/netfilter/xt_statistic.h).
type StatisticMode uint8

// The modes.
const (
	StatisticRandom StatisticMode = iota
	StatisticNth

	noStatistic StatisticMode = 255 // no --mode was given yet
)

var statisticKind = &kind[Statistic]{
	name: "statistic", start: Statistic{Mode: noStatistic},
	options: []option[Statistic]{
		{"--mode", "MODE", false, func(s *Statistic, a *argument) error {
			switch a.value() {
			case "random":
				s.Mode = StatisticRandom
			case "nth":
				s.Mode = StatisticNth
			default:
				return a.errorf("is not random or nth")
			}
			return nil
		}},
		{"--probability", "PROBABILITY", true, func(s *Statistic, a *argument) error {
			p, err := strconv.ParseFloat(a.value(), 64)
			if err != nil || !(p >= 0 && p <= 1) {
				return a.errorf("is not a number from 0 to 1")
			}
			s.Probability, s.Not = uint32(math.Round(p*(1<<31))), a.not
			return nil
		}},
		{"--every", "NUMBER", true, func(s *Statistic, a *argument) error {
			n, err := a.number(math.MaxUint32)
			s.Every, s.Not = uint32(n), a.not
			return err
		}},
		{"--packet", "NUMBER", false, func(s *Statistic, a *argument) error {
			n, err := a.number(math.MaxUint32)
			s.Packet = uint32(n)
			return err
		}},
	},
	read: func(revision uint32, s structure) (Statistic, bool) {
		out := Statistic{Mode: StatisticMode(min(s.uint16(0), 255)), Not: s.uint16(2) != 0}
		if out.Mode == StatisticRandom {
			out.Probability = s.uint32(4)
		} else {
			out.Every, out.Packet = s.uint32(4)+1, s.uint32(8)
		}
		return out, revision == 0
	},
	size: 16, // struct xt_statistic_info, without the kernel's pointer
}

// String returns "-m statistic --mode nth --every 3 --packet 0".
func (s Statistic) String() string {
	t := begin("statistic")
	if s.Mode == StatisticRandom {
		t.add(false, "--mode", "random")
		t.add(s.Not, "--probability", strconv.FormatFloat(float64(s.Probability)/(1<<31), 'f', 11, 64))
		return t.String()
	}
	number := func(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
	t.add(false, "--mode", "nth")
	t.add(s.Not, "--every", number(s.Every))
	t.add(false, "--packet", number(s.Packet))
	return t.String()
}

func (s Statistic) listed() string {
	t := text{words: []string{"statistic mode"}}
	if s.Mode == StatisticRandom {
		t.add(false, "random")
		t.add(s.Not, "probability", strconv.FormatFloat(float64(s.Probability)/(1<<31), 'f', 11, 64))
		return t.String()
	}
	t.add(false, "nth")
	t.add(s.Not, "every", strconv.FormatUint(uint64(s.Every), 10))
	t.addIf(s.Packet != 0, "packet", strconv.FormatUint(uint64(s.Packet), 10))
	return t.String()
}

func (s Statistic) problems(place) (out []string) {
	switch {
	case s.Mode > StatisticNth:
		out = append(out, "statistic needs --mode")
	case s.Mode == StatisticRandom && (s.Every != 0 || s.Packet != 0 || s.Probability > 1<<31):
		out = append(out, "statistic --mode random takes --probability, at most 1")
	case s.Mode == StatisticNth && (s.Every == 0 || s.Packet >= s.Every || s.Probability != 0):
		out = append(out, "statistic --mode nth takes --every, and --packet less than that")
	}
	return out
}

func (s Statistic) encode(c *code) {
	b := make(structure, 24)
	b.put16(0, uint16(s.Mode))
	if s.Not {
		b.put16(2, 1)
	}
	if s.Mode == StatisticRandom {
		// iptables sets the unused last field whatever the mode.
		b.put32(4, s.Probability)
		b.put32(12, s.Probability)
	} else {
		b.put32(4, s.Every-1)
		b.put32(8, s.Packet)
		b.put32(12, s.Every-1-s.Packet)
	}
	c.match("statistic", 0, b)
}
