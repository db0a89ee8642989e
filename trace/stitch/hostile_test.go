package stitch_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"

	"tracer/trace"
	"tracer/trace/savefile"
	"tracer/trace/stitch"
)

// hostile is a capture made to cost more than its length.
type hostile struct {
	name   string
	limits []trace.LimitKind // those that it meets, with many packets
	build  func(n int) []byte
}

// shot is a packet of a hostile capture.
type shot struct {
	at       time.Duration
	iface    int
	ttl      byte
	from, to netip.AddrPort
	id       uint16
	seq      uint32
	tcp      byte // its flags; 0: UDP
	fragment uint16
	payload  []byte
	broad    bool
}

var (
	shooter = netip.MustParseAddrPort("10.0.0.1:4000")
	target  = netip.MustParseAddrPort("10.1.0.1:53")
)

// nth is one of many addresses.
func nth(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}), 53)
}

// frame is the packet with an Ethernet header.
func (s *shot) frame() []byte {
	b := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0}
	if s.broad {
		copy(b, "\xff\xff\xff\xff\xff\xff")
	}
	transport := 8
	if s.tcp != 0 {
		transport = 20
	}
	protocol := byte(17)
	if s.tcp != 0 {
		protocol = 6
	}
	from, to := s.from.Addr().As4(), s.to.Addr().As4()
	b = append(b, 0x45, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(20+transport+len(s.payload)))
	b = binary.BigEndian.AppendUint16(b, s.id)
	b = binary.BigEndian.AppendUint16(b, s.fragment)
	b = append(b, s.ttl, protocol, 0, 0)
	b = append(append(b, from[:]...), to[:]...)
	b = binary.BigEndian.AppendUint16(b, s.from.Port())
	b = binary.BigEndian.AppendUint16(b, s.to.Port())
	if s.tcp == 0 {
		b = binary.BigEndian.AppendUint16(b, uint16(8+len(s.payload)))
		b = append(b, 0, 0)
	} else {
		b = binary.BigEndian.AppendUint32(b, s.seq)
		b = append(b, 0, 0, 0, 0, 0x50, s.tcp, 1, 0, 0, 0, 0, 0)
	}
	return append(b, s.payload...)
}

// shots makes a capture of several interfaces.
func shots(link trace.LinkType, interfaces, n int, make func(i int) shot) []byte {
	var b bytes.Buffer
	w := savefile.NewWriter(&b, "")
	for i := range interfaces {
		w.Interface(savefile.Interface{Name: fmt.Sprint("i", i), Link: link})
	}
	for i := range n {
		s := make(i)
		f := s.frame()
		switch link {
		case trace.LinkSLL:
			f = append([]byte{0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0}, f[14:]...)
		case trace.LinkSLL2:
			head := append([]byte{8, 0, 0, 0}, binary.BigEndian.AppendUint32(nil, uint32(s.iface))...)
			f = append(append(head, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0), f[14:]...)
			s.iface = 0
		}
		w.Write(savefile.Record{Interface: s.iface, Time: time.Unix(1_700_000_000, 0).Add(s.at), Length: len(f), Data: f})
	}
	if err := w.Flush(); err != nil {
		panic(err) // of a buffer
	}
	return b.Bytes()
}

// source is a capture in memory.
func source(name string, b []byte) stitch.Source {
	return stitch.Source{In: bytes.NewReader(b), Size: int64(len(b)), Label: name}
}

// within spreads packets over a time that does not depend on how many there are.
func within(d time.Duration, i, n int) time.Duration {
	return time.Duration(float64(d) * float64(i) / float64(n))
}

// hostiles are captures of which each puts its weight on something that is done for
// every packet.
var hostiles = []hostile{
	{"one cooked packet again and again", []trace.LimitKind{trace.LimitSightings}, func(n int) []byte {
		return shots(trace.LinkSLL, 1, n, func(i int) shot {
			return shot{at: within(20*time.Millisecond, i, n), ttl: 64, from: shooter, to: target, id: 1}
		})
	}},
	{"one cooked packet, of two interfaces", []trace.LimitKind{trace.LimitSightings}, func(n int) []byte {
		return shots(trace.LinkSLL, 2, n, func(i int) shot {
			return shot{at: within(20*time.Millisecond, i, n), iface: i % 2, ttl: byte(64 - i%2), from: shooter, to: target, id: 1}
		})
	}},
	{"a translated address for each packet", []trace.LimitKind{trace.LimitForms}, func(n int) []byte {
		return shots(trace.LinkEthernet, 2, n, func(i int) shot {
			s := shot{at: time.Duration(i/2) * 10 * time.Microsecond, iface: i % 2, ttl: byte(64 - i%2), from: shooter, to: target, id: uint16(i / 2), seq: uint32(i / 2), tcp: 16, payload: []byte("x")}
			if i%2 == 1 {
				s.to = nth(i)
			}
			return s
		})
	}},
	{"a translated address for each sighting", []trace.LimitKind{trace.LimitForms, trace.LimitSightings}, func(n int) []byte {
		return shots(trace.LinkEthernet, 256, n, func(i int) shot {
			return shot{at: within(time.Second/2, i, n), iface: i % 256, ttl: byte(255 - i/256%200), from: shooter, to: nth(i), id: 7}
		})
	}},
	{"one packet at many points, its TTL varies", []trace.LimitKind{trace.LimitSightings, trace.LimitOrdered}, func(n int) []byte {
		return shots(trace.LinkEthernet, 1000, n, func(i int) shot {
			return shot{at: within(50*time.Millisecond, i, n), iface: i % 1000, ttl: byte(255 - i/1000*7%200), from: shooter, to: target, id: 1}
		})
	}},
	{"one packet at many points, its TTL goes up", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 1000, n, func(i int) shot {
			return shot{at: within(45*time.Millisecond, i, n), iface: i % 1000, ttl: byte(1 + i*250/n), from: shooter, to: target, id: 1}
		})
	}},
	{"broadcasts at many points", []trace.LimitKind{trace.LimitOrdered}, func(n int) []byte {
		return shots(trace.LinkEthernet, 1000, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 1000, ttl: 64, from: shooter, to: netip.MustParseAddrPort("255.255.255.255:9"), id: uint16(i / 1000), broad: true}
		})
	}},
	{"equal packets at many points", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 1000, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 1000, ttl: 64, from: shooter, to: target, id: 1}
		})
	}},
	{"equal packets at some points", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 60, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 60, ttl: 64, from: shooter, to: target, id: 1}
		})
	}},
	{"equal packets at two points", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 2, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 2, ttl: 64, from: shooter, to: target, id: 1}
		})
	}},
	{"equal packets at two of three points", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 3, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Millisecond, iface: i % 2, ttl: 64, from: shooter, to: target, id: 1}
		})
	}},
	{"equal packets of many lengths", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 3, n, func(i int) shot {
			s := shot{at: time.Duration(i/7) * time.Microsecond, iface: i % 3, ttl: byte(64 - i%3), from: shooter, to: target, id: 1, tcp: 16, payload: make([]byte, 1+i%50)}
			return s
		})
	}},
	{"conversations", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 2, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 2, ttl: 64, from: nth(i / 2), to: target, id: uint16(i / 2), seq: uint32(i / 2), tcp: 2}
		})
	}},
	{"fragments", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 2, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 2, ttl: 64, from: shooter, to: target, id: 3, fragment: 0x2000 | uint16(i/2%8000), payload: []byte("fragment")}
		})
	}},
	{"holes in a stream", []trace.LimitKind{trace.LimitGaps}, func(n int) []byte {
		return shots(trace.LinkEthernet, 2, n, func(i int) shot {
			k := i / 2
			seq := uint32(k/2) * 300 // a segment far ahead, then one in the middle of the hole
			if k%2 == 1 {
				seq -= 150
			}
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 2, ttl: 64, from: shooter, to: target, id: uint16(k), seq: seq, tcp: 16, payload: make([]byte, 50)}
		})
	}},
	{"retransmissions", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 2, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i % 2, ttl: 64, from: shooter, to: target, id: uint16(i / 2), seq: uint32(i % 100), tcp: 16, payload: make([]byte, 50)}
		})
	}},
	{"cooked interfaces", []trace.LimitKind{trace.LimitPoints}, func(n int) []byte {
		return shots(trace.LinkSLL2, 1, n, func(i int) shot {
			return shot{at: time.Duration(i) * time.Microsecond, iface: i, ttl: 64, from: shooter, to: target, id: uint16(i / 10), seq: uint32(i / 10), tcp: 16, payload: []byte("x")}
		})
	}},
	{"ways of one service", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 64, n, func(i int) shot {
			k := i / 8
			return shot{at: time.Duration(k)*time.Millisecond + time.Duration(i%8)*time.Microsecond, iface: (k*(i%8*2+1) + i%8*11) % 64, ttl: 64, from: shooter, to: target, id: uint16(k), seq: uint32(k), tcp: 16, payload: []byte("x")}
		})
	}},
	{"services, each with ways of its own", nil, func(n int) []byte {
		return shots(trace.LinkEthernet, 256, n, func(i int) shot {
			k := i / 200
			return shot{at: time.Duration(k)*time.Millisecond + time.Duration(i%200)*time.Microsecond, iface: (i%200 + k%50) % 256, ttl: 64, from: shooter, to: nth(k % 5000), id: uint16(k), seq: uint32(k), tcp: 2}
		})
	}},
	{"a clock set back", []trace.LimitKind{trace.LimitClock}, func(n int) []byte {
		return shots(trace.LinkEthernet, 2, n, func(i int) shot {
			return shot{at: time.Duration(i%10)*-10*time.Second - time.Duration(i)*time.Millisecond, iface: i % 2, ttl: 64, from: shooter, to: target, id: uint16(i / 2), seq: uint32(i / 2), tcp: 16}
		})
	}},
}
