package netstate

import (
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// groups returns the multicast groups that each interface has joined, by its index.
func groups() map[int][]netip.Addr {
	joined := map[int][]netip.Addr{}
	groups4(procNet("igmp"), joined)
	groups6(procNet("igmp6"), joined)
	return joined
}

// groups4 reads /proc/net/igmp. A line that begins with an index is an interface's;
// its groups follow, as numbers in the machine's byte order (ip_mc_seq_show in
// net/ipv4/igmp.c):
//
//	2	eth0      :     1      V3
//					010000E0     1 0:00000000		0
func groups4(text string, joined map[int][]netip.Addr) {
	index, known := 0, false
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if !strings.HasPrefix(line, "\t") {
			n, err := strconv.Atoi(words[0])
			index, known = n, err == nil // the first line has the names of the columns
			continue
		}
		if n, err := strconv.ParseUint(words[0], 16, 32); err == nil && known {
			var a [4]byte
			binary.NativeEndian.PutUint32(a[:], uint32(n))
			joined[index] = append(joined[index], netip.AddrFrom4(a))
		}
	}
}

// groups6 reads /proc/net/igmp6, a line for each group (igmp6_mc_seq_show in
// net/ipv6/mcast.c). The second column, the interface's name, can be anything:
//
//	2    eth0            ff020000000000000000000000000001     1 0000000C 0
func groups6(text string, joined map[int][]netip.Addr) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 5 {
			continue
		}
		index, err := strconv.Atoi(words[0])
		b, broken := hex.DecodeString(words[len(words)-4])
		if a, ok := netip.AddrFromSlice(b); ok && err == nil && broken == nil {
			joined[index] = append(joined[index], a)
		}
	}
}
