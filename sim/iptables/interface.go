package iptables

import (
	"strings"
	"unicode"
)

// maxInterfaceName is IFNAMSIZ-1 (linux/if.h).
const maxInterfaceName = 15

// noInterface is a name that no interface can have, because of the slash. iptables
// compares with it for "! -i +", which never matches.
const noInterface = "INVAL/D"

// Interface is "-i" or "-o". A name that ends in "+", such as "eth+", matches every
// interface whose name starts with the rest. The empty name matches every interface.
type Interface struct {
	Name string
	Not  bool
}

func (i Interface) problem() string {
	switch {
	case i.Name == "":
		if i.Not {
			return "negation without an interface"
		}
		return ""
	case i.Name == "+":
		if !i.Not {
			return `interface "+" matches every interface; omit it`
		}
		return ""
	case len(i.Name) > maxInterfaceName:
		return "interface name " + i.Name + " is longer than 15 bytes"
	case !plausibleInterface(i.Name):
		return "interface name " + quote(i.Name) + " contains a character that interface names cannot have"
	}
	return ""
}

// plausibleInterface applies the rules of dev_valid_name (net/core/dev.c). It also
// rejects unprintable characters, and those that quote others.
func plausibleInterface(name string) bool {
	if name == "" || name == "." || name == ".." {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return strings.ContainsRune("/: \"'\\", r) || r == unicode.ReplacementChar || !unicode.IsPrint(r)
	})
}
