package listing_test

import (
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/sim/iptables"
	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/trace"
	"tracer/trace/listing"
	"tracer/trace/netstate"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// run runs a peer in a namespace and returns the lines that it prints, without blanks at
// their ends.
func run(t *testing.T, ns *netns.Namespace, command string) []string {
	t.Helper()
	words := strings.Fields(command)
	for i, w := range words {
		words[i] = strings.ReplaceAll(w, "@", " ")
	}
	path := labtest.Peer(t, words[0])
	var out []byte
	labtest.Do(t, ns, func() (err error) {
		if out, err = exec.Command(path, words[1:]...).CombinedOutput(); err != nil {
			err = fmt.Errorf("%s: %w\n%s", command, err, out)
		}
		return err
	})
	var lines []string
	for line := range strings.Lines(string(out)) {
		lines = append(lines, strings.TrimRight(line, " \t\n"))
	}
	return lines
}

func setUp(t *testing.T, ns *netns.Namespace, commands string) {
	t.Helper()
	for line := range strings.Lines(commands) {
		if strings.TrimSpace(line) != "" {
			run(t, ns, line)
		}
	}
}

func read(t *testing.T, ns *netns.Namespace) (n trace.Node) {
	t.Helper()
	labtest.Do(t, ns, func() error {
		s, err := netstate.Read()
		n = s.Node
		return err
	})
	return n
}

// compare compares listings of a namespace with what the real programs print. The counters of
// interfaces may change in between; then it is read again.
func compare(t *testing.T, ns *netns.Namespace, commands ...string) {
	t.Helper()
	for _, command := range commands {
		var got, want []string
		for range 10 {
			n := read(t, ns)
			want = peer(t, ns, command, &n)
			var err error
			if got, err = listing.Lines(&n, strings.Fields(command)); err != nil {
				t.Fatalf("%s: %v", command, err)
			}
			if slices.Equal(got, want) {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s prints\n%s\nnot\n%s", command, strings.Join(want, "\n"), strings.Join(got, "\n"))
		}
	}
}

// peer returns what a real program prints, adapted to what tracer prints on purpose: no
// counters of base chains that are not counted (those of iptables 1.8.9), and the same for all
// versions: iptables 1.8.9 and 1.8.10 have numbers for protocols, later versions of ip show who
// made an address.
func peer(t *testing.T, ns *netns.Namespace, command string, n *trace.Node) []string {
	t.Helper()
	lines := run(t, ns, command)
	name := "filter"
	if given := regexp.MustCompile(`^ip6?tables (?:-t|--table) (\S+)`).FindStringSubmatch(command); given != nil {
		name = given[1]
	}
	name = trace.TitleOf(name, strings.HasPrefix(command, "ip6tables"))
	if table := n.Table(name); table != nil {
		for _, c := range table.Chains {
			if i := slices.Index(lines, "Chain "+c.Name+" (policy "+c.Policy+" 0 packets, 0 bytes)"); i >= 0 && c.Counted == nil {
				lines[i] = "Chain " + c.Name + " (policy " + c.Policy + ")"
			}
		}
	}
	switch version := labtest.Output(t, "iptables", "--version"); {
	case strings.HasPrefix(command, "ip "):
		for i, line := range lines {
			lines[i] = regexp.MustCompile(` proto kernel_\w+`).ReplaceAllString(line, "")
		}
	case strings.Contains(version, "v1.8.9 ") || strings.Contains(version, "v1.8.10 "):
		numbered(n)
	}
	return lines
}

// numbered replaces the names of protocols by their numbers.
func numbered(n *trace.Node) {
	numbers := strings.NewReplacer("all", "0", "ipv6-icmp", "58", "icmp", "1", "tcp", "6", "udp", "17", "gre", "47")
	for _, table := range n.Rules {
		for _, c := range table.Chains {
			for i := range c.Rules {
				c.Rules[i].Columns.Protocol = numbers.Replace(c.Rules[i].Columns.Protocol)
			}
		}
	}
}

// TestIptables: tables are listed as the real iptables lists them, whether tracer installed
// the rules or iptables did.
func TestIptables(t *testing.T) {
	commands := []string{
		"-t nat -N DOCKER", "-t nat -N EMPTY",
		"-t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER",
		"-t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -g DOCKER",
		"-t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE",
		"-t nat -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 5000 -j MASQUERADE",
		"-t nat -A DOCKER -i docker0 -j RETURN",
		"-t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000",
		"-t nat -A DOCKER ! -s 1.2.3.4/32 -o eth+ ! -p udp",
		"-t filter -P FORWARD DROP", "-t filter -N A-CHAIN-WITH-A-LONG-NAME",
		"-t filter -A FORWARD ! -f -i longinterface0 -s 192.168.100.0/24 -d 192.168.100.101/32 -j A-CHAIN-WITH-A-LONG-NAME",
		"-t filter -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment two -j ACCEPT",
		"-t filter -A INPUT -i lo -p udp", "-t filter -A OUTPUT -p gre -j DROP",
		"ip6tables -t nat -A PREROUTING -d fd00::1/128 ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination [fd00:1::2]:5000",
		"ip6tables -P FORWARD DROP", "ip6tables -A INPUT ! -s fe80::/10 -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j REJECT --reject-with icmp6-adm-prohibited",
	}
	listings := []string{
		"iptables -S", "iptables -nvL", "iptables -nL", "iptables -n -v -x -L", "iptables -nvL --line-numbers", "iptables --list FORWARD -n --line-numbers",
		"iptables -t nat -S", "iptables -t nat -nvL", "iptables -t nat -nvL DOCKER", "iptables -t nat -L PREROUTING -n", "iptables -t nat -S DOCKER",
		"iptables -t nat -S OUTPUT", "ip6tables -S", "ip6tables -nvL", "ip6tables -t nat -S", "ip6tables -t nat -nvL", "iptables -t mangle -nvL", "iptables -t raw -S", "iptables --table security --list-rules",
	}
	made, err := iptables.Commands(commands...)
	if err != nil {
		t.Fatal(err)
	}
	ours := labtest.Loopback(t)
	labtest.Do(t, ours, made.Install)
	theirs := labtest.Loopback(t)
	for _, c := range commands {
		if !strings.HasPrefix(c, "ip6tables ") {
			c = "iptables " + c
		}
		setUp(t, theirs, c)
	}
	for _, ns := range []*netns.Namespace{ours, theirs} {
		send(t, ns, 3)
		compare(t, ns, listings...)
	}
	n := read(t, ours)
	lines, err := listing.Lines(&n, strings.Fields("iptables -nvL INPUT"))
	if err != nil || !strings.HasPrefix(lines[0], "Chain INPUT (policy ACCEPT 6 packets, ") || !strings.HasPrefix(lines[2], "    3 ") {
		t.Errorf("after three datagrams, each with an ICMP error: %v\n%s", err, strings.Join(lines, "\n"))
	}
}

// send sends datagrams to a closed port of the loopback interface.
func send(t *testing.T, ns *netns.Namespace, n int) {
	t.Helper()
	labtest.Do(t, ns, func() error { return dial(n) })
}

// TestBigCounters: counters of more than five digits are rounded as iptables rounds them.
func TestBigCounters(t *testing.T) {
	ns := labtest.Loopback(t)
	var counts []string
	for _, n := range []uint64{0, 99999, 100000, 100499, 100500, 9999499, 9999500, 12345678, 9999499999, 9999500000, 99999999999, 9999499999999, 9999500000000, 1 << 60} {
		counts = append(counts, fmt.Sprintf("iptables -A INPUT -c %d %d", n, n+1))
	}
	setUp(t, ns, strings.Join(counts, "\n"))
	compare(t, ns, "iptables -L INPUT -nvx --line-numbers")
	compare(t, ns, "iptables -nvL INPUT")
}

// TestForeign: what iptables says about chains that it cannot show.
func TestForeign(t *testing.T) {
	ns := labtest.Loopback(t)
	setUp(t, ns, "nft add table ip filter\nnft add chain ip filter late {type@filter@hook@forward@priority@77;}")
	compare(t, ns, "iptables -S", "iptables -nL")
}

// awaitIPv6 waits until the kernel has added the routes to the subnets of a namespace's
// interfaces, which it does in the background.
func awaitIPv6(t *testing.T, ns *netns.Namespace) {
	t.Helper()
	for limit := time.Now().Add(10 * time.Second); len(run(t, ns, "ip -6 route show fd00::/64")) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatal("no route to fd00::/64")
		}
	}
}

// TestIP: interfaces, addresses and routes are listed as ip lists them.
func TestIP(t *testing.T) {
	ns, other := labtest.Loopback(t), labtest.Loopback(t)
	setUp(t, ns, `
		ip link add docker0 address 02:42:00:00:00:01 type bridge
		ip link add br-empty type bridge
		ip link add veth1 index 57 type veth peer name port1 index 56
		ip link add veth2 type veth peer name port2
		ip link add long-name-here0 mtu 9001 txqueuelen 500 type veth peer name far0
		ip link set veth1 master docker0
		ip addr add 172.17.0.1/16 brd + dev docker0
		ip addr add 172.18.0.1/16 brd 172.18.255.255 dev br-empty
		ip addr add 172.16.1.150/24 dev veth2
		ip addr add 172.16.1.120/24 dev veth2 label veth2:0
		ip addr add 10.9.0.1 peer 10.9.0.2/32 dev veth2
		ip addr add 10.8.0.1/24 dev veth2 valid_lft 9999999 preferred_lft 8888888 noprefixroute
		ip addr add fd00::1/64 dev veth2 nodad
		ip link set docker0 up
		ip link set br-empty up
		ip link set veth1 up
		ip link set veth2 up
		ip link set port2 up
		ip link set long-name-here0 group 7 arp off multicast off promisc on up
		ip route add default via 172.16.1.1 proto dhcp metric 100
		ip route add 10.0.0.0/8 via 172.17.0.9 dev docker0 src 172.17.0.1
		ip route add 10.1.0.0/16 proto static nexthop via 172.16.1.2 weight 1 nexthop via 172.17.0.3 weight 3
		ip route add unreachable 10.2.0.0/16 metric 7
		ip route add 10.3.0.0/16 via 172.16.1.3 table 100
		ip addr add fd01::1/128 dev docker0 nodad`)
	awaitIPv6(t, ns)
	setUp(t, ns, `
		ip -6 route add fd05::/64 via fd00::9
		ip -6 route add unreachable fd06::/64 metric 7
		ip -6 route add fd07::1 dev veth2 proto static
		ip -6 route add default nexthop via fd00::5 weight 1 nexthop via fd00::6 weight 2`)
	labtest.Do(t, ns, func() error { return move("port1", other) })
	setUp(t, other, "ip link set port1 name eth0\nip addr add 172.17.0.2/16 dev eth0\nip link set eth0 up\nip route add default via 172.17.0.1")
	send(t, ns, 5)
	for _, n := range []*netns.Namespace{ns, other} {
		compare(t, n, "ip link", "ip addr", "ip -s link", "ip -s addr show", "ip -4 addr", "ip -4 -s a", "ip link show lo", "ip addr show dev lo", "ip -4 address list", "ip route", "ip r show table main", "ip route show table local",
			"ip -6 route", "ip -6 r show table local", "ip -6 addr", "ip -6 addr show lo")
	}
	compare(t, ns, "ip route show table 100", "ip -s link show docker0", "ip addr show long-name-here0")
	n := read(t, other)
	if lines, err := listing.Lines(&n, []string{"ip", "link", "show", "eth0"}); err != nil || !strings.HasPrefix(lines[0], "56: eth0@if57: <") {
		t.Errorf("%v %v", lines, err)
	}
}
