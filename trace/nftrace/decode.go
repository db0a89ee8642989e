package nftrace

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/mdlayher/netlink"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// Attributes (enum nft_trace_attributes and enum nft_verdict_attributes in
// include/uapi/linux/netfilter/nf_tables.h). Numbers are big-endian; the direction is
// one byte.
const (
	attrTable       = 1
	attrChain       = 2
	attrRuleHandle  = 3
	attrType        = 4
	attrVerdict     = 5
	attrID          = 6
	attrLinkHeader  = 7
	attrNetHeader   = 8
	attrTransHeader = 9
	attrIn          = 10
	attrOut         = 12
	attrMark        = 14
	attrPolicy      = 16
	attrCtID        = 18 // this and the following since Linux 6.16
	attrCtDirection = 19
	attrCtStatus    = 20
	attrCtState     = 21

	attrVerdictCode  = 1
	attrVerdictChain = 2
)

// genHeader is the length of struct nfgenmsg, which comes before the attributes.
const genHeader = 4

// errNoType is returned for a message without the attribute that all must have.
var errNoType = errors.New("nftrace message: no type")

// decode decodes an NFT_MSG_TRACE message. It skips unknown attributes. The result does
// not refer to the message's data.
func decode(raw netlink.Message) (Message, error) {
	var m Message
	if len(raw.Data) < genHeader {
		return m, fmt.Errorf("nftrace message: %d bytes are too short for a header", len(raw.Data))
	}
	ad, err := netlink.NewAttributeDecoder(raw.Data[genHeader:])
	if err != nil {
		return m, fmt.Errorf("nftrace message: %w", err)
	}
	ad.ByteOrder = binary.BigEndian
	m.Family = Family(raw.Data[0])
	var ct Conntrack
	var tracked bool
	for ad.Next() {
		switch ad.Type() {
		case attrTable:
			m.Table = ad.String()
		case attrChain:
			m.Chain = ad.String()
		case attrRuleHandle:
			m.Rule = ad.Uint64()
		case attrType:
			m.Kind = Kind(ad.Uint32())
		case attrVerdict:
			ad.Nested(m.Verdict.decode)
		case attrID:
			m.ID = ad.Uint32()
		case attrPolicy:
			m.Policy.Code = verdictCode(ad.Uint32())
		case attrCtID:
			ct.ID, tracked = ad.Uint32(), true
		default:
			m.decodePacket(ad)
			ct.decode(ad)
		}
	}
	if err := ad.Err(); err != nil {
		return Message{}, fmt.Errorf("nftrace message: %w", err)
	}
	if m.Kind == 0 {
		return Message{}, errNoType
	}
	if tracked { // an untracked packet has a state, but no entry
		m.Conntrack = &ct
	}
	return m, nil
}

// decodePacket decodes the current attribute, if it is about the packet.
func (m *Message) decodePacket(ad *netlink.AttributeDecoder) {
	switch ad.Type() {
	case attrLinkHeader:
		m.Link = ad.Bytes()
	case attrNetHeader:
		m.Network = ad.Bytes()
	case attrTransHeader:
		m.Transport = ad.Bytes()
	case attrIn:
		m.In = int(ad.Uint32())
	case attrOut:
		m.Out = int(ad.Uint32())
	case attrMark:
		m.Mark = ad.Uint32()
	}
}

// decode decodes the current attribute, if it is about the entry.
func (c *Conntrack) decode(ad *netlink.AttributeDecoder) {
	switch ad.Type() {
	case attrCtDirection:
		c.Direction = trace.FlowDirection(ad.Uint8()) + trace.Original
	case attrCtStatus:
		c.Status = conntrack.Status(ad.Uint32())
	case attrCtState:
		c.State = State(ad.Uint32())
	}
}

func (v *Verdict) decode(ad *netlink.AttributeDecoder) error {
	for ad.Next() {
		switch ad.Type() {
		case attrVerdictCode:
			v.Code = verdictCode(ad.Uint32())
		case attrVerdictChain:
			v.Chain = ad.String()
		}
	}
	return ad.Err()
}

// verdictCode removes what a non-negative verdict carries in its upper half: the number of
// a queue, or an errno (NF_VERDICT_MASK).
func verdictCode(n uint32) VerdictCode {
	if code := VerdictCode(n); code < 0 {
		return code
	}
	return VerdictCode(n & 0xff)
}
