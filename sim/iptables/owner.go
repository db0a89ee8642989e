package iptables

import (
	"strconv"
	"strings"
)

// Owner is "-m owner": the process whose socket sends a packet. It matches only packets that
// the node sends.
type Owner struct {
	unjudged
	User, Group   IDRange
	Socket        bool // --socket-exists
	NotSocket     bool
	Supplementary bool // --suppl-groups: also consider the process's other groups
}

// IDRange is the user or group IDs from First to Last, inclusive.
type IDRange struct {
	First, Last uint32
	Set, Not    bool // Set: the condition is there
}

// The flags (linux/netfilter/xt_owner.h).
const (
	ownerUser = 1 << iota
	ownerGroup
	ownerSocket
	ownerSupplementary
)

var ownerKind = &kind[Owner]{
	name: "owner",
	options: []option[Owner]{
		{"--socket-exists", "", true, func(o *Owner, a *argument) error {
			o.Socket, o.NotSocket = true, a.not
			return nil
		}},
		{"--uid-owner", "ID[-ID]", true, func(o *Owner, a *argument) error { return o.User.set(a) }},
		{"--gid-owner", "ID[-ID]", true, func(o *Owner, a *argument) error { return o.Group.set(a) }},
		{"--suppl-groups", "", false, func(o *Owner, _ *argument) error {
			o.Supplementary = true
			return nil
		}},
	},
	read: func(revision uint32, s structure) (Owner, bool) {
		match, not := s.uint8(16), s.uint8(17)
		o := Owner{Socket: match&ownerSocket != 0, NotSocket: not&ownerSocket != 0, Supplementary: match&ownerSupplementary != 0}
		if match&ownerUser != 0 {
			o.User = IDRange{s.uint32(0), s.uint32(4), true, not&ownerUser != 0}
		}
		if match&ownerGroup != 0 {
			o.Group = IDRange{s.uint32(8), s.uint32(12), true, not&ownerGroup != 0}
		}
		return o, revision == 1
	},
	size: 18, // struct xt_owner_match_info
}

// set reads one or two numbers. Names are not accepted, because users differ between nodes.
func (r *IDRange) set(a *argument) error {
	first, last, isRange := strings.Cut(a.value(), "-")
	from, err1 := strconv.ParseUint(first, 10, 32)
	to, err2 := from, error(nil)
	if isRange {
		to, err2 = strconv.ParseUint(last, 10, 32)
	}
	if err1 != nil || err2 != nil || from > to || to == 0xffffffff {
		return a.errorf("is not a number, or a range such as 1000-1999")
	}
	*r = IDRange{uint32(from), uint32(to), true, a.not}
	return nil
}

func (r IDRange) String() string {
	if r.First == r.Last {
		return strconv.FormatUint(uint64(r.First), 10)
	}
	return strconv.FormatUint(uint64(r.First), 10) + "-" + strconv.FormatUint(uint64(r.Last), 10)
}

// String returns "-m owner --uid-owner 1000".
func (o Owner) String() string {
	t := begin("owner")
	if o.Socket {
		t.add(o.NotSocket, "--socket-exists")
	}
	if o.User.Set {
		t.add(o.User.Not, "--uid-owner", o.User.String())
	}
	if o.Group.Set {
		t.add(o.Group.Not, "--gid-owner", o.Group.String())
	}
	t.addIf(o.Supplementary, "--suppl-groups")
	return t.String()
}

func (o Owner) listed() string {
	var t text
	if o.Socket {
		t.add(o.NotSocket, "owner socket exists")
	}
	if o.User.Set {
		t.add(o.User.Not, "owner UID match", o.User.String())
	}
	if o.Group.Set {
		t.add(o.Group.Not, "owner GID match", o.Group.String())
	}
	t.addIf(o.Supplementary, "incl. suppl. groups")
	return t.String()
}

func (o Owner) problems(p place) []string {
	out := p.at("-m owner", hookOutput, hookPostrouting)
	if !o.Socket && !o.User.Set && !o.Group.Set {
		out = append(out, "owner needs --uid-owner, --gid-owner or --socket-exists")
	}
	for _, r := range [...]IDRange{o.User, o.Group} {
		if !r.Set && r != (IDRange{}) || r.First > r.Last || r.Last == 0xffffffff {
			out = append(out, "owner has a range of IDs that is not valid")
		}
	}
	return out
}

func (o Owner) encode(c *code) {
	s := make(structure, 18)
	put := func(on, not bool, flag uint8) {
		if on {
			s[16] |= flag
		}
		if not {
			s[17] |= flag
		}
	}
	s.put32(0, o.User.First)
	s.put32(4, o.User.Last)
	s.put32(8, o.Group.First)
	s.put32(12, o.Group.Last)
	put(o.User.Set, o.User.Not, ownerUser)
	put(o.Group.Set, o.Group.Not, ownerGroup)
	put(o.Socket, o.NotSocket, ownerSocket)
	put(o.Supplementary, false, ownerSupplementary)
	c.match("owner", 1, s)
}
