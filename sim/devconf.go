package sim

import (
	"strconv"
	"strings"
)

// Where /proc/sys is read-only, as in most containers, the kernel still accepts an
// interface's own parameters over rtnetlink, from any process with CAP_NET_ADMIN over
// the network namespace. This covers nearly everything labs set: the kernel uses the
// interface's own value, for some parameters combined with that of "all".
//
//	net.ipv4.ip_forward            ─▶ forwarding of every interface
//	net.ipv4.conf.default.KEY      ─▶ KEY of every interface
//	net.ipv4.conf.all.KEY = 1      ─▶ KEY of every interface
//	net.ipv4.conf.docker0.KEY      ─▶ KEY of docker0
//	net.ipv6.conf.eth0.disable_ipv6 ─▶ eth0 generates no IPv6 address
//
// ip_forward itself keeps its old value: see [tracer/trace.Interface.Forwarding].

// devconf is the number of a per-interface parameter (IPV4_DEVCONF_… in
// include/uapi/linux/ip.h).
type devconf uint8

const (
	confForwarding    devconf = 1
	confProxyARP      devconf = 3
	confRPFilter      devconf = 8
	confARPAnnounce   devconf = 18
	confARPIgnore     devconf = 19
	confAcceptLocal   devconf = 23
	confRouteLocalnet devconf = 26
)

// parseDevconf returns the number of a parameter of net.ipv4.conf.DEVICE. It knows only
// parameters for which the kernel combines the interface's value with that of "all" by
// OR or maximum (include/linux/inetdevice.h), and forwarding, for which only the
// interface's value counts.
func parseDevconf(name string) (c devconf, ok bool) {
	switch name {
	case "forwarding":
		return confForwarding, true
	case "proxy_arp":
		return confProxyARP, true
	case "rp_filter":
		return confRPFilter, true
	case "arp_announce":
		return confARPAnnounce, true
	case "arp_ignore":
		return confARPIgnore, true
	case "accept_local":
		return confAcceptLocal, true
	case "route_localnet":
		return confRouteLocalnet, true
	}
	return 0, false
}

// deviceConf holds the parameters to set on one interface over rtnetlink.
type deviceConf struct {
	ipv4   map[devconf]uint32
	noIPv6 bool
}

// perDevice translates parameters into those of interfaces. rest holds the ones without
// an equivalent.
func perDevice(list []Sysctl, devices []string) (conf map[string]*deviceConf, rest []Sysctl) {
	conf = map[string]*deviceConf{}
	for _, d := range devices {
		conf[d] = &deviceConf{ipv4: map[devconf]uint32{}}
	}
	for _, s := range list {
		set, device, ok := s.perDevice()
		switch at := conf[device]; {
		case !ok, device != everyDevice && at == nil:
			rest = append(rest, s)
		case device == everyDevice:
			for _, at := range conf {
				set(at)
			}
		default:
			set(at)
		}
	}
	return conf, rest
}

// everyDevice stands for all interfaces of a node; no interface can have this name.
const everyDevice = ""

// perDevice returns a function that sets the equivalent on an interface, and the name of
// that interface.
func (s Sysctl) perDevice() (set func(*deviceConf), device string, ok bool) {
	value, err := strconv.ParseUint(s.Value, 10, 32)
	if err != nil {
		return nil, "", false
	}
	ipv4 := func(c devconf) func(*deviceConf) {
		return func(d *deviceConf) { d.ipv4[c] = uint32(value) }
	}
	if s.Key == "net.ipv4.ip_forward" {
		return ipv4(confForwarding), everyDevice, true
	}
	if rest, ok := strings.CutPrefix(s.Key, "net.ipv4.conf."); ok {
		device, name, _ := strings.Cut(rest, ".")
		c, known := parseDevconf(name)
		switch {
		case !known:
			return nil, "", false
		case device == "all" && c != confForwarding && value == 0:
			return nil, "", false // an interface cannot lower the value of "all"
		case device == "all", device == "default":
			device = everyDevice
		}
		return ipv4(c), device, true
	}
	if rest, ok := strings.CutPrefix(s.Key, "net.ipv6.conf."); ok {
		device, name, _ := strings.Cut(rest, ".")
		if name != "disable_ipv6" || value != 1 {
			return nil, "", false
		}
		if device == "all" || device == "default" {
			device = everyDevice
		}
		return func(d *deviceConf) { d.noIPv6 = true }, device, true
	}
	return nil, "", false
}
