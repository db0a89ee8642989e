package iptables

import (
	"net/netip"
	"strconv"
	"strings"
)

// Recent is "-m recent": it keeps a list of addresses, and matches those seen recently.
type Recent struct {
	unjudged
	Do          RecentAction
	Not         bool
	Seconds     uint32 // seen within this time; 0: ever
	Hits        uint32 // at least this often; 0: once
	TTL         bool   // --rttl: with the same TTL
	Reap        bool   // forget older ones
	List        string
	Mask        netip.Addr
	Destination bool // list destinations, not sources
}

// RecentAction is what [Recent] does with an address (linux/netfilter/xt_recent.h).
type RecentAction uint8

// The actions.
const (
	RecentCheck RecentAction = 1 << iota
	RecentSet
	RecentUpdate
	RecentRemove

	recentTTL  = 1 << 4
	recentReap = 1 << 5
)

// Offsets in struct xt_recent_mtinfo_v1.
const (
	recentName     = 10
	recentNameSize = 200
	recentSide     = 210
	recentMask     = 212
	recentSize     = 228
)

var recentKind = &kind[Recent]{
	name: "recent", start: Recent{List: "DEFAULT", Mask: IPv4.ones()}, startIPv6: &Recent{List: "DEFAULT", Mask: IPv6.ones()},
	options: []option[Recent]{
		{"--set", "", true, recentDoes(RecentSet)},
		{"--rcheck", "", true, recentDoes(RecentCheck)},
		{"--update", "", true, recentDoes(RecentUpdate)},
		{"--remove", "", true, recentDoes(RecentRemove)},
		{"--seconds", "SECONDS", false, func(r *Recent, a *argument) error {
			n, err := a.number(0xffffffff)
			r.Seconds = uint32(n)
			return err
		}},
		{"--reap", "", false, func(r *Recent, _ *argument) error {
			r.Reap = true
			return nil
		}},
		{"--hitcount", "NUMBER", false, func(r *Recent, a *argument) error {
			n, err := a.number(0xffffffff)
			r.Hits = uint32(n)
			return err
		}},
		{"--rttl", "", false, func(r *Recent, _ *argument) error {
			r.TTL = true
			return nil
		}},
		{"--name", "NAME", false, func(r *Recent, a *argument) error {
			r.List = a.value()
			return nil
		}},
		{"--mask", "MASK", false, func(r *Recent, a *argument) (err error) {
			if r.Mask, err = netip.ParseAddr(a.value()); err != nil || !a.family.has(r.Mask) {
				return a.errorf("is not a mask such as %s", [...]string{"255.255.255.0", "ffff:ffff::"}[a.family&1])
			}
			return nil
		}},
		{"--rsource", "", false, func(r *Recent, _ *argument) error {
			r.Destination = false
			return nil
		}},
		{"--rdest", "", false, func(r *Recent, _ *argument) error {
			r.Destination = true
			return nil
		}},
	},
	read: readRecent(IPv4), inIPv6: &layout[Recent]{readRecent(IPv6), recentSize},
	normal: func(revision uint32, s structure) (uint32, structure) {
		putRecentName(s, s.text(recentName, recentNameSize))
		return revision, s
	},
	size: recentSize,
}

func readRecent(f Family) func(uint32, structure) (Recent, bool) {
	return func(revision uint32, s structure) (Recent, bool) {
		flags, rest := s.uint8(8), s[recentMask+f.size():recentSize]
		return Recent{
			Do: RecentAction(flags &^ (recentTTL | recentReap)), TTL: flags&recentTTL != 0, Reap: flags&recentReap != 0,
			Seconds: s.uint32(0), Hits: s.uint32(4), Not: s.isSet(9), List: s.text(recentName, recentNameSize),
			Destination: s.isSet(recentSide), Mask: f.address(s[recentMask:]),
		}, revision == 1 && (zero(rest) || every(rest, 0xff))
	}
}

// ones is the mask of a single address.
func (f Family) ones() netip.Addr {
	b := make([]byte, f.size())
	fill(b, 0xff)
	a, _ := netip.AddrFromSlice(b)
	return a
}

// putRecentName writes a list's name as iptables does: over the default.
func putRecentName(s structure, name string) {
	b := s[recentName : recentName+recentNameSize]
	fill(b, 0)
	copy(b, "DEFAULT")
	if n := copy(b[:recentNameSize-1], name); n < len(b) {
		b[n] = 0
	}
}

func recentDoes(what RecentAction) func(*Recent, *argument) error {
	return func(r *Recent, a *argument) error {
		if r.Do != 0 {
			return a.errorf("follows another action")
		}
		r.Do, r.Not = what, a.not
		return nil
	}
}

// String returns "-m recent --update --seconds 60 --name DEFAULT --mask 255.255.255.255 --rsource".
func (r Recent) String() string {
	t := begin("recent")
	for i, flag := range [...]string{"--rcheck", "--set", "--update", "--remove"} {
		if r.Do == 1<<i {
			t.add(r.Not, flag)
		}
	}
	t.addIf(r.Seconds != 0, "--seconds", strconv.FormatUint(uint64(r.Seconds), 10))
	t.addIf(r.Reap, "--reap")
	t.addIf(r.Hits != 0, "--hitcount", strconv.FormatUint(uint64(r.Hits), 10))
	t.addIf(r.TTL, "--rttl")
	t.add(false, "--name", r.List, "--mask", r.Mask.String())
	t.addIf(!r.Destination, "--rsource")
	t.addIf(r.Destination, "--rdest")
	return t.String()
}

func (r Recent) listed() string {
	var t text
	t.add(r.Not, "recent:")
	for i, action := range [...]string{"CHECK", "SET", "UPDATE", "REMOVE"} {
		t.addIf(r.Do == 1<<i, action)
	}
	t.addIf(r.Seconds != 0, "seconds:", strconv.FormatUint(uint64(r.Seconds), 10))
	t.addIf(r.Reap, "reap")
	t.addIf(r.Hits != 0, "hit_count:", strconv.FormatUint(uint64(r.Hits), 10))
	t.addIf(r.TTL, "TTL-Match")
	t.add(false, "name:", r.List)
	t.addIf(!r.Destination, "side: source")
	t.addIf(r.Destination, "side: dest")
	t.add(false, "mask:", r.Mask.String())
	return t.String()
}

func (r Recent) problems(p place) (out []string) {
	if r.Do == 0 || r.Do&(r.Do-1) != 0 || r.Do > RecentRemove {
		out = append(out, "recent needs one of --set, --rcheck, --update and --remove")
	}
	if r.List == "" || len(r.List) >= recentNameSize || strings.ContainsAny(r.List, "/ \"'\\!") || !showable(r.List) {
		out = append(out, "recent has a list name that is not valid")
	}
	if !p.family.has(r.Mask) {
		out = append(out, "recent has a mask that is not "+p.family.String())
	}
	if r.Reap && r.Seconds == 0 {
		out = append(out, "recent --reap needs --seconds")
	}
	// recent_mt_check refuses what these two actions would ignore.
	if (r.Do == RecentSet || r.Do == RecentRemove) && (r.TTL || r.Reap || r.Seconds != 0 || r.Hits != 0) {
		out = append(out, "recent --set and --remove take no conditions")
	}
	return out
}

func (r Recent) encode(c *code) {
	s := make(structure, recentSize)
	s.put32(0, r.Seconds)
	s.put32(4, r.Hits)
	flags := uint8(r.Do)
	if r.TTL {
		flags |= recentTTL
	}
	if r.Reap {
		flags |= recentReap
	}
	s.put8(8, flags)
	s.set(9, r.Not)
	putRecentName(s, r.List)
	s.set(recentSide, r.Destination)
	// iptables sets all of a mask that may be IPv6, unless --mask replaces it.
	fill(s[recentMask:], 0xff)
	if r.Mask.IsValid() && r.Mask != c.family.ones() {
		fill(s[recentMask:], 0)
		copy(s[recentMask:], r.Mask.AsSlice())
	}
	c.match("recent", 1, s)
}
