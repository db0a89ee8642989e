package iptables

import (
	"os"
	"strconv"
	"testing"
)

// TestPlaces: the engine refuses a rule in a chain exactly where iptables or the kernel does.
func TestPlaces(t *testing.T) {
	ns := newNamespace(t)
	for _, args := range []string{
		"-j DROP", "-j RETURN", "-j REJECT", "-p tcp -j REJECT --reject-with tcp-reset", "-j LOG", "-j MARK --set-mark 1", "-j CONNMARK --save-mark",
		"-p tcp --syn -j TCPMSS --set-mss 1400", "-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu", "-j TTL --ttl-set 1", "-j TOS --set-tos 0x10", "-j DSCP --set-dscp 1",
		"-j DNAT --to-destination 10.0.0.1", "-j SNAT --to-source 10.0.0.1", "-j MASQUERADE", "-j REDIRECT", "-j NETMAP --to 10.0.0.0/8",
		"-m owner --uid-owner " + strconv.Itoa(os.Geteuid()), "-m mac --mac-source 02:42:ac:11:00:02", "-m addrtype --dst-type LOCAL --limit-iface-in", "-m recent --set",
		"-m pkttype --pkt-type multicast", "-m conntrack --ctdir ORIGINAL", "-i eth0", "-o eth0", "-f",
	} {
		for _, table := range tableNames() {
			for _, b := range baseChains(table) {
				command := "-t " + table + " -A " + b.name + " " + args
				_, stderr, refused := ns.try(t, "iptables "+command+"\n", "sh", "-e")
				rules, err := Commands(command)
				if err != nil {
					t.Fatal(err)
				}
				if p := rules.Validate(); (len(p) > 0) != (refused != nil) {
					t.Errorf("%s: problems %v; iptables: %v %s", command, p, refused, stderr)
				}
			}
		}
	}
}
