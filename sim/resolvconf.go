package sim

import (
	"net/netip"
	"strings"
)

// ResolvConf tells a node's programs whom to ask for names: the file /etc/resolv.conf
// (resolv.conf(5)).
type ResolvConf struct {
	Nameservers []netip.Addr // DNS servers; the next one is asked if the one before does not answer
	Options     []string     // "ndots:0"

	Before, After []string // comments
}

// Lines returns the lines of the file.
func (c *ResolvConf) Lines() []string {
	lines := append([]string{}, c.Before...)
	for _, a := range c.Nameservers {
		lines = append(lines, "nameserver "+a.String())
	}
	if len(c.Options) > 0 {
		lines = append(lines, "options "+strings.Join(c.Options, " "))
	}
	return append(lines, c.After...)
}

// Text returns the file.
func (c *ResolvConf) Text() string {
	var b strings.Builder
	for _, line := range c.Lines() {
		b.WriteString(line + "\n")
	}
	return b.String()
}
