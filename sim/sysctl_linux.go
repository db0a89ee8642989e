package sim

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// freshSysctls resets what a new namespace copies from the machine's own
// (devinet_init_net in net/ipv4/devinet.c) to the kernel's defaults. A lab is then the
// same whether or not the machine forwards or filters by reverse path.
func freshSysctls() []Sysctl {
	fresh := []Sysctl{{"net.ipv4.ip_forward", "0"}}
	for _, conf := range []string{"all", "default"} {
		for _, key := range []string{"rp_filter", "arp_ignore", "arp_announce", "proxy_arp", "route_localnet", "accept_local"} {
			fresh = append(fresh, Sysctl{"net.ipv4.conf." + conf + "." + key, "0"})
		}
	}
	return fresh
}

// quietIPv6 makes the addresses of a node that speaks IPv6 usable at once, and the node silent
// about itself: without duplicate address detection (RFC 4862, 5.4), which waits for a random
// time, and without asking for routers.
func quietIPv6() (list []Sysctl) {
	for _, key := range []string{"accept_dad", "dad_transmits", "router_solicitations", "accept_ra"} {
		list = append(list, Sysctl{"net.ipv6.conf.default." + key, "0"})
	}
	return list
}

// sysctlsBefore sets the parameters that interfaces inherit when they are created;
// sysctlsAfter sets those of the interfaces themselves, and those that could not be
// written to /proc/sys.
func (n *labNode) sysctlsBefore() error {
	fresh := freshSysctls()
	if n.six {
		fresh = append(fresh, quietIPv6()...)
	}
	return n.applySysctls(append(fresh, slices.DeleteFunc(slices.Clone(n.Sysctls), n.ofDevice)...))
}

func (n *labNode) sysctlsAfter() error {
	if err := n.applySysctls(slices.DeleteFunc(slices.Clone(n.Sysctls), func(s Sysctl) bool { return !n.ofDevice(s) })); err != nil {
		return err
	}
	return n.withoutSysctls()
}

// ofDevice reports whether a parameter belongs to an interface that the lab creates,
// such as net.ipv6.conf.docker0.accept_ra.
func (n *labNode) ofDevice(s Sysctl) bool {
	return slices.Contains(n.devices, s.device())
}

// applySysctls writes kernel parameters. It must run on the node's thread, because
// /proc/sys/net shows each thread the values of its own namespace.
func (n *labNode) applySysctls(list []Sysctl) error {
	for _, s := range list {
		err := os.WriteFile(s.path(), []byte(s.Value), 0)
		switch {
		case err == nil:
		case readOnly(err):
			n.unwritten = append(n.unwritten, unwritten{s, err})
		case errors.Is(err, os.ErrNotExist) && strings.HasPrefix(s.Key, "net.ipv6."):
			// A kernel without IPv6 needs nothing turned off.
		case errors.Is(err, os.ErrNotExist):
			return n.fail("set sysctl", s.Key, fmt.Errorf("%w: this kernel has no such parameter", ErrNotSupported))
		default:
			return n.fail("set sysctl", s.Key, err)
		}
	}
	return nil
}

// readOnly reports whether an error means that no parameter can be written: the mount is
// read-only, AppArmor forbids writing, or there is no /proc/sys.
func readOnly(err error) bool {
	if errors.Is(err, unix.EROFS) || errors.Is(err, unix.EACCES) {
		return true
	}
	_, none := os.Stat("/proc/sys/net/ipv4")
	return errors.Is(err, os.ErrNotExist) && errors.Is(none, os.ErrNotExist)
}

// unwritten is a parameter that could not be written to /proc/sys, with the
// *os.PathError.
type unwritten struct {
	Sysctl
	err error
}

// withoutSysctls sets interface parameters in place of those that could not be written.
// It fails if the topology sets a parameter without such an equivalent to a value that
// it does not already have.
func (n *labNode) withoutSysctls() error {
	if len(n.unwritten) == 0 {
		return nil
	}
	var list []Sysctl
	why := map[string]error{}
	for _, u := range n.unwritten {
		list = append(list, u.Sysctl)
		why[u.Key] = u.err
	}
	conf, rest := perDevice(list, append([]string{loopback}, n.devices...))
	fresh := freshSysctls()
	for _, s := range rest {
		if slices.Contains(fresh, s) || s.dispensable() {
			continue
		}
		if value, err := os.ReadFile(s.path()); err != nil || strings.TrimSpace(string(value)) != s.Value {
			return n.fail("set sysctl", s.Key, fmt.Errorf("%w: %w", ErrReadOnly, errors.Unwrap(why[s.Key])))
		}
	}
	return n.configureDevices(conf)
}

// dispensable reports whether the network works without the parameter: nothing in a lab
// sends router advertisements, and its servers may listen on any port.
func (s Sysctl) dispensable() bool {
	return s.Key == "net.ipv4.ip_unprivileged_port_start" || slices.Contains(quietIPv6(), s) ||
		strings.HasPrefix(s.Key, "net.ipv6.conf.") && strings.HasSuffix(s.Key, ".accept_ra")
}
