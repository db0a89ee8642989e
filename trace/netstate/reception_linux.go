package netstate

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"tracer/trace"
)

// The parameters of an interface that are read (IPV4_DEVCONF_… in include/uapi/linux/ip.h).
const (
	confForwarding     = 1
	confReversePath    = 8
	confAcceptLocal    = 23
	confSourceMark     = 24
	confRouteLocalnet  = 26
	confIgnoreLinkDown = 29
)

// parameters are those of "all" interfaces, which apply in addition to each one's own
// (IN_DEV_ORCONF and IN_DEV_MAXCONF in include/linux/inetdevice.h).
type parameters struct {
	routeLocalnet, acceptLocal, sourceMark bool
	reversePath                            uint32
}

func parametersOfAll() parameters {
	const all = "net/ipv4/conf/all/"
	value, _ := strconv.ParseUint(parameter(all+"rp_filter"), 10, 32)
	return parameters{isOn(all + "route_localnet"), isOn(all + "accept_local"), isOn(all + "src_valid_mark"), uint32(value)}
}

// reception returns what decides whether the interface accepts a packet.
func (l *link) reception(all *parameters) trace.Reception {
	a := l.Attrs()
	r := trace.Reception{
		Down:           a.RawFlags&unix.IFF_UP == 0,
		ReversePath:    uint8(min(max(all.reversePath, l.value(confReversePath)), 2)),
		ReverseByMark:  all.sourceMark || l.value(confSourceMark) != 0,
		AcceptLocal:    all.acceptLocal || l.value(confAcceptLocal) != 0,
		IgnoreLinkDown: l.value(confIgnoreLinkDown) != 0,
		Promiscuous:    a.Promisc > 0 && a.MasterIndex == 0, // a bridge's ports always are
	}
	r.NoCarrier = !r.Down && a.RawFlags&unix.IFF_LOWER_UP == 0
	r.Hairpin = set(l.hairpin)
	r.BridgeNetfilter = set(l.filter)
	return r
}

// set reports whether a one-byte flag is present and set.
func set(b []byte) bool { return len(b) == 1 && b[0] != 0 }

// legacyTables returns the tables of the older iptables.
func legacyTables() []string {
	tables := strings.Fields(procNet("ip_tables_names"))
	slices.Sort(tables)
	return tables
}

// parameter returns the value of a kernel parameter, or nothing if it does not exist.
func parameter(path string) string {
	value, err := os.ReadFile("/proc/sys/" + path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(value))
}

// isOn reports whether a kernel parameter exists and is 1.
func isOn(path string) bool { return parameter(path) == "1" }
