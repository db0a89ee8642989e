package iptables

import (
	"strings"
	"unicode"
)

// maxInterfaceName is IFNAMSIZ-1 (linux/if.h).
const maxInterfaceName = 15

// noInterface is a name that no interface can have, because of its slash.
// iptables compares with it for "! -i +", which is never true.
const noInterface = "INVAL/D"

// Interface is "-i" or "-o". A name ending in "+" stands for every interface
// whose name begins so: "eth+". The empty name is every interface.
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
			return `interface "+" is every interface: leave it out`
		}
		return ""
	case len(i.Name) > maxInterfaceName:
		return "interface name " + i.Name + " is over 15 bytes"
	case !plausibleInterface(i.Name):
		return "interface name " + quote(i.Name) + " has a character that no interface has"
	}
	return ""
}

// plausibleInterface follows dev_valid_name (net/core/dev.c), and is stricter
// with what would not print.
func plausibleInterface(name string) bool {
	if name == "" || name == "." || name == ".." {
		return false
	}
	return !strings.ContainsFunc(name, func(r rune) bool {
		return r == '/' || r == ':' || r == ' ' || r == unicode.ReplacementChar || !unicode.IsPrint(r)
	})
}
