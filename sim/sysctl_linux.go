package sim

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// freshSysctls undo what a new namespace copies from the machine's own
// (devinet_init_net in net/ipv4/devinet.c), so that a lab on a machine that
// forwards or filters by reverse path is the same as on one that does not.
// These are the kernel's own defaults.
func freshSysctls() []Sysctl {
	fresh := []Sysctl{{"net.ipv4.ip_forward", "0"}}
	for _, conf := range []string{"all", "default"} {
		for _, key := range []string{"rp_filter", "arp_ignore", "arp_announce", "proxy_arp", "route_localnet", "accept_local"} {
			fresh = append(fresh, Sysctl{"net.ipv4.conf." + conf + "." + key, "0"})
		}
	}
	return fresh
}

// sysctlsBefore sets the parameters that interfaces take over when they are
// made; sysctlsAfter those of the interfaces themselves.
func (n *labNode) sysctlsBefore() error {
	return n.applySysctls(append(freshSysctls(), slices.DeleteFunc(slices.Clone(n.Sysctls), n.ofDevice)...))
}

func (n *labNode) sysctlsAfter() error {
	return n.applySysctls(slices.DeleteFunc(slices.Clone(n.Sysctls), func(s Sysctl) bool { return !n.ofDevice(s) }))
}

// ofDevice reports whether a parameter belongs to an interface that the lab
// makes, such as net.ipv6.conf.docker0.accept_ra.
func (n *labNode) ofDevice(s Sysctl) bool {
	return slices.Contains(n.devices, s.device())
}

// applySysctls writes kernel parameters. /proc/sys/net shows every thread the
// values of the namespace it is in, so this must run on the node's thread.
func (n *labNode) applySysctls(list []Sysctl) error {
	for _, s := range list {
		err := os.WriteFile(s.path(), []byte(s.Value), 0)
		switch {
		case err == nil:
		case errors.Is(err, os.ErrNotExist) && strings.HasPrefix(s.Key, "net.ipv6."):
			// A kernel without IPv6 has nothing to be turned off.
		case errors.Is(err, os.ErrNotExist):
			return n.fail("set sysctl", s.Key, fmt.Errorf("%w: this kernel has no such parameter", ErrNotSupported))
		default:
			return n.fail("set sysctl", s.Key, err)
		}
	}
	return nil
}
