package judge

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"strings"
)

// familiesOf returns the families of the network of a seed.
func familiesOf(seed uint64) Families {
	r := rand.New(rand.NewPCG(seed, 1))
	switch six := r.IntN(2) == 0; {
	case six:
		return IPv6
	case r.IntN(3) > 0:
		return Dual
	}
	return IPv4
}

// translate gives a network made up for IPv4 its families: each line is translated, or left out
// if IPv6 has nothing like it. For both families, there are both lines, except that a request is
// sent over either.
//
//	client1: ip address add 10.1.0.1/24 dev eth0        ─▶  ip address add fd0a:1::1/64 dev eth0
//	router1: iptables -A FORWARD -p icmp -j DROP        ─▶  ip6tables -A FORWARD -p ipv6-icmp -j DROP
func (n *Network) translate(r *rand.Rand) {
	if n.IP == IPv4 {
		return
	}
	var kept []Line
	for _, l := range n.Lines {
		six, ok := l.inIPv6()
		both := !strings.HasPrefix(l.Text, "ip link ") && (l.Verb() == "ip" || six != l)
		switch {
		case n.IP == IPv6 && !ok:
			continue
		case n.IP == IPv6 || ok && !both || both && ok && l.Verb() == "send" && r.IntN(2) == 0:
			kept = append(kept, six)
		case !ok || l.Verb() == "send":
			kept = append(kept, l)
		default:
			if l.Verb() == "ip" {
				six.Text = strings.Replace(six.Text, "ip ", "ip -6 ", 1)
			}
			kept = append(kept, l, six)
		}
	}
	n.Lines = kept
}

// inIPv6 translates a line. ok is false if IPv6 has nothing like it.
func (l Line) inIPv6() (six Line, ok bool) {
	if none.MatchString(l.Text) {
		return l, false
	}
	words := wordsOfIPv6
	if l.Verb() == "nft" {
		words = wordsOfNFT
	}
	for _, w := range words {
		l.Text = w.old.ReplaceAllString(l.Text, w.new)
	}
	l.Text = literal.ReplaceAllStringFunc(l.Text, literal6)
	return l, true
}

// none matches lines for which IPv6 has nothing: reverse path filters, forwarding of single
// interfaces, and impossible sources.
var none = regexp.MustCompile(`rp_filter|conf\.\w+\.forwarding|^send raw`)

// wordsOfIPv6 are words, and their counterparts. REJECT's forms are fewer.
var wordsOfIPv6 = []counterpart{
	{regexp.MustCompile(`^iptables `), "ip6tables "},
	{regexp.MustCompile(`-p icmp\b`), "-p ipv6-icmp"},
	{regexp.MustCompile(`-m icmp --icmp-type 3`), "-m icmp6 --icmpv6-type 1"},
	{regexp.MustCompile(`icmp-(host|proto)-unreachable`), "icmp6-addr-unreachable"},
	{regexp.MustCompile(`icmp-net-unreachable`), "icmp6-no-route"},
	{regexp.MustCompile(`icmp-(host|admin)-prohibited`), "icmp6-adm-prohibited"},
	{regexp.MustCompile(`icmp-port-unreachable`), "icmp6-port-unreachable"},
	{regexp.MustCompile(`-m ttl --ttl-gt`), "-m hl --hl-gt"},
	{regexp.MustCompile(`-j TTL --ttl-`), "-j HL --hl-"},
	{regexp.MustCompile(`net\.ipv4\.ip_forward`), "net.ipv6.conf.all.forwarding"},
	{regexp.MustCompile(`bridge-nf-call-iptables`), "bridge-nf-call-ip6tables"},
	{regexp.MustCompile(`mtu (600|1000)`), "mtu 1280"},
	{regexp.MustCompile(` df=1`), ""},
	{regexp.MustCompile(`(route add .*)\bdefault\b`), "${1}::/0"},
}

// wordsOfNFT are those of nft.
var wordsOfNFT = []counterpart{
	{regexp.MustCompile(`\bip (firewall|doors|saddr|daddr|dscp)\b`), "ip6 $1"},
	{regexp.MustCompile(`([ds]nat) ip to\b`), "$1 ip6 to"},
	{regexp.MustCompile(`\bip ttl\b`), "ip6 hoplimit"},
	{regexp.MustCompile(`\bip protocol icmp\b`), "meta l4proto ipv6-icmp"},
	{regexp.MustCompile(`\bicmp type\b`), "icmpv6 type"},
	{regexp.MustCompile(`\bipv4_addr\b`), "ipv6_addr"},
	{regexp.MustCompile(`\bplaces\b`), "places6"}, // in a table of both families
	{regexp.MustCompile(`\b127\.0\.0\.0/8`), "::1"},
}

// counterpart is a word of IPv4, and that of IPv6.
type counterpart struct {
	old *regexp.Regexp
	new string
}

// literal is an address, with a prefix length or a port.
var literal = regexp.MustCompile(`\b(\d+\.\d+\.\d+\.\d+)(/\d+|:\d+(-\d+)?)?\b`)

// prefix6 translates an address with its prefix length.
func prefix6(p netip.Prefix) netip.Prefix { return netip.MustParsePrefix(literal6(p.String())) }

// literal6 translates an address: 10.1.0.2 becomes fd0a:1::2, 172.17.0.2 fdac:11::2. The third
// octet is always 0.
func literal6(text string) string {
	m := literal.FindStringSubmatch(text)
	a := netip.MustParseAddr(m[1]).As4()
	to := fmt.Sprintf("fd%02x:%x::%x", a[0], a[1], a[3])
	switch {
	case m[1] == "127.0.0.1":
		to = "::1"
	case a[0] >= 224:
		to = fmt.Sprintf("ff05::%x:%x", a[1], a[3])
	}
	switch rest := m[2]; {
	case rest == "/32":
		return to + "/128"
	case strings.HasPrefix(rest, "/"):
		return strings.TrimSuffix(to, "::0") + map[bool]string{true: "::/64", false: "/64"}[strings.HasSuffix(to, "::0")]
	case rest != "":
		return "[" + to + "]" + rest
	}
	return to
}
