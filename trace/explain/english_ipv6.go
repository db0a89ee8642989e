package explain

// What differs from IPv4.
const (
	notForwarded6  Message = "dropped by %[1]s after prerouting: addressed to another machine, but IPv6 forwarding is off (net.ipv6.conf.all.forwarding=0)"
	expired6       Message = "dropped by %[1]s after prerouting: its hop limit expired"
	tooBig6        Message = "dropped by %[1]s after prerouting: too big for %[3]s (%[2]d bytes, MTU %[4]d), and routers do not fragment IPv6 packets"
	martian6       Message = "dropped by %[1]s before prerouting: %[2]s is a loopback address, but %[3]s is not a loopback interface"
	martianSource6 Message = "dropped by %[1]s: %[2]s cannot be the source of a packet that comes in on %[3]s"
	beyondScope    Message = "dropped by %[1]s after prerouting: its source, %[2]s, is a link-local address, which must not leave its link"
	withoutIPv6    Message = "dropped by %[1]s before prerouting: IPv6 is off on %[2]s (net.ipv6.conf.%[2]s.disable_ipv6=1)"
	unseenWaiting6 Message = "last seen at %[1]s; it was still waiting for a neighbor advertisement for %[2]s on %[3]s"
	noNeighbour6   Message = "dropped by %[1]s after postrouting: no neighbor advertisement for %[2]s on %[3]s, despite the solicitations"
	reportLimited6 Message = "no ICMPv6 error was seen; the kernel may have suppressed it (net.ipv6.icmp.ratelimit, net.ipv4.icmp_msgs_per_sec)"
	neverForError6 Message = "no ICMPv6 error is sent in response to an ICMPv6 error (RFC 4443, section 2.4)"
	neverToMany6   Message = "no such ICMPv6 error is sent in response to a multicast packet (RFC 4443, section 2.4)"
	Counters6      Message = "IPv6 NAT rules on %[1]s, with packet counts"

	// Words of a lesson.
	hopLimit          Message = "hop limit"
	neighborDiscovery Message = "neighbor discovery"
)
