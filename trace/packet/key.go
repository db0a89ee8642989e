package packet

import (
	"encoding/binary"
	"hash/crc32"
	"hash/maphash"
	"net/netip"

	"github.com/google/gopacket/layers"

	"tracer/trace"
)

// Key is a packet's fingerprint: what forwarding and NAT leave unchanged. All sightings
// of one packet have equal keys, and two packets nearly always have different ones. A key
// can be computed from a whole frame, or from the first bytes of the headers, which is
// all that netfilter reports.
//
// No single field is enough. The IP identification is 0 in every SYN-ACK from Linux, NAT
// changes ports and addresses, and the trace id of nf_tables is reused for other packets.
type Key struct {
	EtherType layers.EthernetType
	Protocol  layers.IPProtocol
	ID        uint32 // IPv4 identification (RFC 791), or that of IPv6's fragment header
	Fragment  uint16 // fragment offset, in 8-byte units
	Length    uint16 // payload after the transport header, bytes
	Flags     uint16 // TCP flags; ICMP type and code
	Window    uint16
	Seq, Ack  uint32 // TCP; ICMP echo sequence number in Seq
	Rest      uint64 // hash of other unchanged data: see restOf
}

// restBytes is how much of a datagram's payload goes into the key: the 20 bytes that
// netfilter reports, less a header of 8 (UDP and ICMP).
const restBytes = 12

// seed makes hashes comparable within one process; keys do not leave it.
var seed = maphash.MakeSeed()

// restOf returns the hash of the beginning of a datagram's payload.
func restOf(payload []byte) uint64 {
	return maphash.Bytes(seed, payload[:min(len(payload), restBytes)])
}

// contentOf returns a digest of the beginning of a datagram's payload, which an ICMPv6 error
// quotes, too.
func contentOf(payload []byte) uint32 {
	if len(payload) == 0 {
		return 0
	}
	const most = 64 // which an error always has room for
	return crc32.ChecksumIEEE(payload[:min(len(payload), most)])
}

// contentOfSegment returns a digest of what distinguishes a segment from others with the same
// ends and sequence number, such as its retransmission: acknowledgment number, flags, window, and
// timestamps. It is 0 if the header is incomplete.
func contentOfSegment(header []byte) uint32 {
	if len(header) < minTCPHeader {
		return 0
	}
	length := 4 * int(header[12]>>4)
	if length < minTCPHeader || len(header) < length {
		return 0
	}
	const flags = 1<<6 - 1 // without those of ECN, which a router may remove
	sum := uint32(header[13] & flags)
	for _, part := range [...][]byte{header[8:12], header[14:16], timestamps(header[minTCPHeader:length])} {
		sum = crc32.Update(sum, crc32.IEEETable, part)
	}
	return sum
}

// restOfError hashes what stays the same in the IP header that an ICMP error quotes. NAT
// translates the quoted addresses, and thus changes the header's checksum, so only its length,
// identification and protocol can be used. What follows the header is part of [Packet.Hash].
func restOfError(quoted []byte) uint64 {
	if len(quoted) < 10 {
		return restOf(quoted)
	}
	if quoted[0]>>4 == 6 { // its payload's length, protocol, and hop limit
		return maphash.Bytes(seed, quoted[4:8])
	}
	var b [5]byte
	copy(b[:2], quoted[2:4])
	copy(b[2:4], quoted[4:6])
	b[4] = quoted[9]
	return maphash.Bytes(seed, b[:])
}

// restOfARP hashes a whole ARP message: nothing changes it on its way.
func restOfARP(a trace.ARP) uint64 {
	b := make([]byte, 0, 32)
	b = binary.BigEndian.AppendUint16(b, a.Op)
	b = append(b, a.SenderMAC[:]...)
	b = append(b, a.TargetMAC[:]...)
	b = append(b, a.Sender.AsSlice()...)
	b = append(b, a.Target.AsSlice()...)
	return maphash.Bytes(seed, b)
}

// HashOf returns a hash of addresses.
func HashOf(list ...netip.Addr) uint64 {
	var b []byte
	for _, a := range list {
		b = append(b, a.AsSlice()...)
	}
	return maphash.Bytes(seed, b)
}
