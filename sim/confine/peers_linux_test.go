package confine_test

import (
	"strings"
	"testing"

	"tracer/sim/confine"
	"tracer/sim/labtest"
)

// Programs that inspect and change a network work on the lab's.
func TestNetworkPrograms(t *testing.T) {
	for _, c := range []struct{ needs, script, want string }{
		{"ip", "ip link set lo up && ip address add 192.0.2.1/24 dev lo && ip -4 address show dev lo", "192.0.2.1/24"},
		{"iptables", "iptables -t nat -A OUTPUT -p tcp --dport 80 -j DNAT --to-destination 192.0.2.2:5000 && iptables -t nat -S", "--to-destination 192.0.2.2:5000"},
		{"nft", "nft add table ip mine && nft list ruleset", "table ip mine"},
		{"tcpdump", "ip link set lo up; tcpdump -c 1 -n -i lo & sleep 0.5; while kill -0 $!; do ping -c 1 127.0.0.1 >/dev/null || echo >/dev/udp/127.0.0.1/9; done 2>/dev/null; wait", "127.0.0.1"},
	} {
		t.Run(c.needs, func(t *testing.T) {
			labtest.Peer(t, c.needs)
			if out := confine.RunProgram(t, "", nil, "bash", "-c", c.script); !strings.Contains(out, c.want) || !strings.HasSuffix(out, "exit status 0\n") {
				t.Error(out)
			}
		})
	}
}
