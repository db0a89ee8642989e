package stitch

import (
	"encoding/binary"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/trace/savefile"
)

// sent6 is a packet of IPv6 between fd00::1 and fd00::2, which a router forwards or loses.
type sent6 struct {
	at     time.Duration
	answer bool
	lost   bool
	tcp    *layers.TCP // or
	echo   uint16      // the number of an echo
	length int
}

// frame returns the packet in front of the router, or behind it.
func (p *sent6) frame(t *testing.T, behind bool) []byte {
	t.Helper()
	eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv6}
	ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolTCP, SrcIP: net.ParseIP("fd00::1"), DstIP: net.ParseIP("fd00::2")}
	if p.answer {
		ip.SrcIP, ip.DstIP = ip.DstIP, ip.SrcIP
		eth.SrcMAC, eth.DstMAC = eth.DstMAC, eth.SrcMAC
	}
	if behind != p.answer {
		ip.HopLimit--
	}
	if behind {
		eth.SrcMAC, eth.DstMAC = slices.Clone(eth.SrcMAC), slices.Clone(eth.DstMAC)
		eth.SrcMAC[0], eth.DstMAC[0] = 6, 6
	}
	parts := []gopacket.SerializableLayer{eth, ip}
	var err error
	if p.tcp != nil {
		err = p.tcp.SetNetworkLayerForChecksum(ip)
		parts = append(parts, p.tcp)
	} else {
		ip.NextHeader = layers.IPProtocolICMPv6
		kind := uint8(layers.ICMPv6TypeEchoRequest)
		if p.answer {
			kind = layers.ICMPv6TypeEchoReply
		}
		icmp := &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(kind, 0)}
		err = icmp.SetNetworkLayerForChecksum(ip)
		parts = append(parts, icmp, &layers.ICMPv6Echo{Identifier: 7, SeqNumber: p.echo})
	}
	if err != nil {
		t.Fatal(err)
	}
	b := gopacket.NewSerializeBuffer()
	err = gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, append(parts, gopacket.Payload(make([]byte, p.length)))...)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// captured6 writes the captures on both sides of the router.
func captured6(t *testing.T, list []sent6) (sources []Source) {
	t.Helper()
	for _, behind := range []bool{false, true} {
		var records []savefile.Record
		for i := range list {
			p := &list[i]
			if p.lost && behind != p.answer {
				continue
			}
			at := time.Unix(1_700_000_000, 0).Add(p.at)
			if behind != p.answer {
				at = at.Add(20 * time.Microsecond)
			}
			b := p.frame(t, behind)
			records = append(records, savefile.Record{Time: at, Length: len(b), Data: b})
		}
		name := map[bool]string{false: "front", true: "behind"}[behind]
		sources = append(sources, file(t, writeCapture(t, name, records)))
	}
	return sources
}

// tcp6 returns a segment with timestamps, as Linux sends it.
func tcp6(at time.Duration, answer bool, seq, ack uint32, set func(*layers.TCP)) *layers.TCP {
	stamps := binary.BigEndian.AppendUint32(nil, uint32(at/time.Millisecond))
	tcp := &layers.TCP{
		SrcPort: 40000, DstPort: 80, Seq: seq, Ack: ack, ACK: true, Window: 1000,
		Options: []layers.TCPOption{{OptionType: layers.TCPOptionKindTimestamps, OptionLength: 10, OptionData: append(stamps, 0, 0, 0, 1)}},
	}
	if answer {
		tcp.SrcPort, tcp.DstPort = tcp.DstPort, tcp.SrcPort
	}
	if set != nil {
		set(tcp)
	}
	return tcp
}

// TestLossesIPv6: lost echo requests and lost large segments are reported, although IPv6 packets
// have no identification.
func TestLossesIPv6(t *testing.T) {
	const ms = time.Millisecond
	segment := func(at time.Duration, answer, lost bool, seq, ack uint32, length int, set func(*layers.TCP)) sent6 {
		return sent6{at: at, answer: answer, lost: lost, tcp: tcp6(at, answer, seq, ack, set), length: length}
	}
	echo := func(at time.Duration, answer, lost bool, number uint16) sent6 {
		return sent6{at: at, answer: answer, lost: lost, echo: number, length: 56}
	}
	const lost = true
	syn := func(s *layers.TCP) { s.SYN, s.ACK = true, s.SrcPort == 80 }
	r, err := Files(t.Context(), captured6(t, []sent6{
		segment(0, false, false, 99, 0, 0, syn),
		segment(1*ms, true, false, 499, 100, 0, syn),
		segment(2*ms, false, false, 100, 500, 0, nil),
		segment(3*ms, false, lost, 100, 500, 1400, nil),
		segment(210*ms, false, false, 100, 500, 1400, nil), // again
		segment(211*ms, true, false, 500, 1500, 0, nil),
		echo(300*ms, false, false, 1), echo(301*ms, true, false, 1),
		echo(400*ms, false, lost, 2),
		echo(500*ms, false, false, 3), echo(501*ms, true, false, 3),
		echo(3000*ms, false, false, 4), echo(3001*ms, true, false, 4),
	}), Options{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range r.Journeys {
		if j := &r.Journeys[i]; j.Outcome.Lost() {
			got = append(got, j.Summary)
		}
	}
	if want := []string{"TCP data (1400 bytes)", "ICMPv6 echo request"}; !slices.Equal(got, want) {
		t.Errorf("lost: %q, want %q", got, want)
	}
	if l := r.Survey.Losses; len(l) != 1 || l[0].Packets != 2 || l[0].Passed || l[0].Quiet {
		t.Errorf("%+v", l)
	}
}
