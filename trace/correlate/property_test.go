package correlate

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"testing"
	"time"
	"tracer/trace"

	"github.com/google/gopacket/layers"
)

const (
	tcpProto  = layers.IPProtocolTCP
	udpProto  = layers.IPProtocolUDP
	icmpProto = layers.IPProtocolICMPv4
)

func at(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// step lets some time go by.
func (b *bed) wait(d time.Duration) { b.now = b.now.Add(d) }

// web is a request over TCP by a client, whose port and sequence number are given.
func (b *bed) web(name string, port uint16, seq uint32, gap time.Duration) {
	from := client(name, port)
	service, server, inside := service, "flask", inside
	if name == "client2" {
		service = at("192.168.60.203:80")
	}
	id := uint16(seq)
	up := func(f trace.Flags, seq, ack uint32, payload string) {
		id++
		b.send(name, datagram{ends: trace.Ends{Source: from, Destination: service}, protocol: tcpProto, id: id, flags: f, seq: seq, ack: ack, payload: payload})
		b.wait(gap)
	}
	down := func(id uint16, f trace.Flags, seq, ack uint32, payload string) {
		b.send(server, datagram{ends: trace.Ends{Source: inside, Destination: from}, protocol: tcpProto, id: id, flags: f, seq: seq, ack: ack, payload: payload})
		b.wait(gap)
	}
	up(trace.SYN, seq, 0, "")
	down(0, trace.SYN|trace.ACK, 500, seq+1, "")
	up(trace.ACK, seq+1, 501, "")
	up(trace.PSH|trace.ACK, seq+1, 501, "hello")
	down(id+500, trace.PSH|trace.ACK, 501, seq+6, "world")
	up(trace.FIN|trace.ACK, seq+6, 506, "")
	down(id+501, trace.FIN|trace.ACK, 506, seq+7, "")
}

// mixture is traffic of every kind.
func (b *bed) mixture(gap time.Duration) {
	r := b.random
	outside := at("192.168.60.202:8080")
	port, seq := uint16(40000+r.IntN(3)), r.Uint32()
	for range 6 {
		switch pick(r) {
		case 0:
			b.web("client", port, seq, gap)
		case 1:
			b.web("client2", port, seq, gap)
		case 2: // masquerade, from equal ports
			for i, from := range []string{"flask", "other"} {
				src := at([]string{"172.17.0.2:50000", "172.17.0.3:50000"}[i])
				f := b.send(from, datagram{ends: trace.Ends{Source: src, Destination: outside}, protocol: tcpProto, id: 9, flags: trace.SYN, seq: seq + uint32(i)})
				b.wait(gap)
				to := netip.MustParseAddrPort("192.168.60.203:50000")
				if f.conn != nil {
					to = f.conn.Reply.Destination
				}
				b.send("client2", datagram{ends: trace.Ends{Source: outside, Destination: to}, protocol: tcpProto, flags: trace.SYN | trace.ACK, seq: 3, ack: seq + uint32(i) + 1})
				b.wait(gap)
			}
			seq += 100
		case 3: // ping out, with equal identifiers
			for i, from := range []string{"flask", "other"} {
				src := at([]string{"172.17.0.2:7", "172.17.0.3:7"}[i])
				n := r.Uint32() & 0xffff
				f := b.send(from, datagram{ends: trace.Ends{Source: src, Destination: at("192.168.60.202:7")}, protocol: icmpProto, icmp: 8, id: uint16(r.Uint32()), seq: n, payload: "abcdefgh"})
				b.wait(gap)
				to := f.conn.Reply.Destination
				b.send("client2", datagram{ends: trace.Ends{Source: netip.AddrPortFrom(outside.Addr(), to.Port()), Destination: to}, protocol: icmpProto, icmp: 0, id: uint16(r.Uint32()), seq: n, payload: "abcdefgh"})
				b.wait(gap)
			}
		case 4: // dns to a published port, refused by the container
			from := client("client", port)
			b.send("client", datagram{ends: trace.Ends{Source: from, Destination: at("192.168.52.203:53")}, protocol: udpProto, id: uint16(r.Uint32()), payload: fmt.Sprint("query", seq)})
			b.wait(gap)
			q := datagram{ends: trace.Ends{Source: from, Destination: at("172.17.0.2:5353")}, ttl: 63, protocol: udpProto, payload: "query", id: uint16(r.Uint32())}
			f := b.send("flask", datagram{ends: trace.Ends{Source: at("172.17.0.2:0"), Destination: netip.AddrPortFrom(from.Addr(), 0)}, protocol: icmpProto, icmp: 3, id: uint16(r.Uint32()), quoted: &q})
			f.twin = -1
			b.wait(gap)
		case 5: // within the bridge
			b.send("flask", datagram{ends: trace.Ends{Source: at("172.17.0.2:0"), Destination: at("172.17.0.3:0")}, arp: 1})
			b.wait(gap)
			b.send("other", datagram{ends: trace.Ends{Source: at("172.17.0.3:0"), Destination: at("172.17.0.2:0")}, dstMAC: flaskMAC, arp: 2})
			b.wait(gap + 1100*time.Millisecond)
			b.send("flask", datagram{ends: trace.Ends{Source: at("172.17.0.2:33000"), Destination: at("172.17.0.3:9000")}, dstMAC: otherMAC, protocol: udpProto, id: uint16(r.Uint32()), payload: fmt.Sprint("hi", seq)})
			b.wait(gap)
		case 6: // the host's own
			b.send("host", datagram{ends: trace.Ends{Source: at("172.17.0.1:44000"), Destination: inside}, protocol: tcpProto, id: uint16(r.Uint32()), flags: trace.SYN, seq: seq})
			b.wait(gap)
			b.send("flask", datagram{ends: trace.Ends{Source: inside, Destination: at("172.17.0.1:44000")}, protocol: tcpProto, flags: trace.SYN | trace.ACK, seq: 1, ack: seq + 1})
			b.wait(gap)
		case 7: // dropped at forward, by a rule or the policy
			b.send("client", datagram{ends: trace.Ends{Source: client("client", port), Destination: netip.AddrPortFrom(inside.Addr(), 6000+uint16(r.IntN(2)))}, protocol: tcpProto, id: uint16(r.Uint32()), flags: trace.SYN, seq: seq})
			b.wait(gap)
		case 8: // dropped at output
			b.send("host", datagram{ends: trace.Ends{Source: at("172.17.0.1:44000"), Destination: netip.AddrPortFrom(inside.Addr(), 83)}, protocol: tcpProto, id: uint16(r.Uint32()), flags: trace.SYN, seq: seq})
			b.wait(gap)
		}
		port++
		seq += 1000
	}
}

// try runs a property with many seeds and names those that fail.
func try(t *testing.T, n int, property func(*rand.Rand) []string) {
	t.Helper()
	failed := 0
	for _, seed := range seeds(t, n) {
		if wrong := property(rand.New(rand.NewPCG(seed, 1))); len(wrong) > 0 {
			failed++
			if os.Getenv("TRACER_SEED") != "" {
				for _, w := range wrong {
					t.Log(w)
				}
			}
			if failed <= 3 {
				t.Errorf("TRACER_SEED=%d: %d wrong, first %s", seed, len(wrong), wrong[0])
			}
		}
	}
	if failed > 0 {
		t.Errorf("%d of %d", failed, n)
	}
}

func (b *bed) all() map[*proof]bool {
	out := map[*proof]bool{}
	for _, p := range b.proofs {
		out[p] = true
	}
	return out
}

// lose takes evidence away, of the kinds given with so many in a hundred.
func (b *bed) lose(percent map[kind]int, traces, heads int) (map[*proof]bool, func(*proof) bool) {
	untraced := map[*fate]bool{}
	for _, f := range b.fates {
		untraced[f] = b.random.IntN(100) < traces
	}
	kept := map[*proof]bool{}
	for _, p := range b.proofs {
		gone := b.random.IntN(100) < percent[p.kind] || p.kind == aMessage && untraced[p.fate] || p.head && b.random.IntN(100) < heads
		if !gone {
			kept[p] = true
		}
	}
	return kept, func(p *proof) bool { return kept[p] }
}

// TestEverythingKnown: with all the evidence, in any order of arrival, all is
// known.
func TestEverythingKnown(t *testing.T) {
	try(t, 200, func(r *rand.Rand) []string {
		b := newBed(r)
		b.mixture(time.Duration(r.IntN(400)) * time.Microsecond)
		j, c := b.deliver(150*time.Millisecond, nil)
		wrong := b.judge(j, c, b.all(), true)
		if s := c.Stats(); s.Orphans+s.BadTraces+s.Undecoded+s.Stray+s.Unassigned+s.Ambiguous != 0 {
			wrong = append(wrong, fmt.Sprintf("%+v", s))
		}
		return wrong
	})
}

// TestEvidenceLost: with less evidence less is said, and nothing wrong.
func TestEvidenceLost(t *testing.T) {
	try(t, 400, func(r *rand.Rand) []string {
		b := newBed(r)
		b.mixture(time.Duration(r.IntN(400)) * time.Microsecond)
		kept, keep := b.lose(map[kind]int{aFrame: r.IntN(30), aConntrack: r.IntN(3) * 50, aMessage: r.IntN(3) * 5}, r.IntN(50), r.IntN(20))
		j, c := b.deliver(150*time.Millisecond, keep)
		return b.judge(j, c, kept, false)
	})
}

func pick(r *rand.Rand) int {
	if s := os.Getenv("TRACER_CASE"); s != "" {
		return int(s[0] - '0')
	}
	return r.IntN(9)
}
