package savefile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"tracer/trace"
)

// pcapng reads a file of blocks. Each begins with its type and length, and ends with the
// length again. A section header sets the byte order of the blocks after it, and restarts
// the numbering of interfaces.
type pcapng struct {
	r      *Reader
	order  binary.ByteOrder
	base   int     // interfaces of sections before this one
	clocks []clock // of this section's interfaces
}

// The types of blocks that are read or written.
const (
	sectionHeader  = 0x0a0d0d0a
	interfaceBlock = 1
	obsoleteBlock  = 2 // a packet, from before enhanced packet blocks
	simpleBlock    = 3
	namesBlock     = 4
	enhancedBlock  = 6
	localBlock     = 0x80005443 // types with the highest bit set are for local use; ours holds an attachment
)

const (
	blockOverhead  = 12 // type, length, and length again
	byteOrderMagic = 0x1a2b3c4d
)

var (
	errBlock     = errors.New("a block with an impossible length")
	errSection   = errors.New("a section header that cannot be read")
	errInterface = errors.New("a packet of an interface that is not described")
	errYear      = errors.New("a time stamp outside 1678 to 2261")
)

// next skips blocks up to the next packet. The reader's offset stays at the beginning of
// the block.
func (p *pcapng) next() (Record, error) {
	for {
		kind, length, err := p.head()
		if err != nil {
			return Record{}, err
		}
		var rec Record
		var body []byte
		is := false
		switch kind {
		case sectionHeader, interfaceBlock, obsoleteBlock, simpleBlock, enhancedBlock:
			if body, err = p.whole(length); err == nil {
				rec, is, err = p.block(kind, body)
			}
			if err != nil {
				return Record{}, err
			}
		}
		if is {
			p.r.used = int(length)
			return rec, nil
		}
		if err := p.r.skip(int64(length)); err != nil {
			return Record{}, err
		}
	}
}

// head reads a block's type and length. The type of a section header is the same in both
// byte orders, and what follows it distinguishes them.
func (p *pcapng) head() (kind, length uint32, err error) {
	b, err := p.r.peek(8)
	if err != nil {
		return 0, 0, err
	}
	if binary.LittleEndian.Uint32(b) == sectionHeader {
		if b, err = p.r.peek(12); err != nil {
			return 0, 0, cut(err, ErrTruncated)
		}
		switch {
		case binary.LittleEndian.Uint32(b[8:]) == byteOrderMagic:
			p.order = binary.LittleEndian
		case binary.BigEndian.Uint32(b[8:]) == byteOrderMagic:
			p.order = binary.BigEndian
		default:
			return 0, 0, errSection
		}
	}
	kind, length = p.order.Uint32(b), p.order.Uint32(b[4:])
	if length < blockOverhead || length%4 != 0 {
		return 0, 0, errBlock
	}
	return kind, length, nil
}

// whole returns the body of a block.
func (p *pcapng) whole(length uint32) ([]byte, error) {
	if length > bufferSize {
		return nil, tooLong(length)
	}
	b, err := p.r.peek(int(length))
	if err != nil {
		return nil, err
	}
	if p.order.Uint32(b[length-4:]) != length {
		return nil, errBlock
	}
	return b[8 : length-4], nil
}

// block reads the contents of a block, and reports whether that is a packet.
func (p *pcapng) block(kind uint32, b []byte) (Record, bool, error) {
	switch kind {
	case sectionHeader:
		if len(b) < 16 {
			return Record{}, false, errSection
		}
		p.base, p.clocks = len(p.r.interfaces), nil
		return Record{}, false, nil
	case interfaceBlock:
		return Record{}, false, p.describe(b)
	case simpleBlock:
		rec, err := p.simple(b)
		return rec, true, err
	}
	rec, err := p.packet(kind, b)
	return rec, true, err
}

// MaxInterfaces is how many interfaces a file may describe: each takes memory.
// [Reader.Describe] sets a lower limit.
const MaxInterfaces = 1 << 14

// MaxName is the number of bytes kept of an interface's name and description. Names have
// up to 15 bytes on Linux and 50 on Windows; the format allows 64 kB. A name of this
// length, with a suffix to make it unique, still fits into trace.json.
const MaxName = 200

// name reads a name, and cuts it if it is too long.
func (r *Reader) name(v []byte) string {
	if len(v) > MaxName {
		r.shortened++
		return strings.ToValidUTF8(string(v[:MaxName]), "") + "…"
	}
	return string(v)
}

// describe reads an interface description.
func (p *pcapng) describe(b []byte) error {
	if len(p.r.interfaces) >= p.r.most {
		return fmt.Errorf("more than %d interfaces", p.r.most)
	}
	if len(b) < 8 {
		return fmt.Errorf("interface %d: its description cannot be read", len(p.clocks))
	}
	i := Interface{Link: trace.LinkType(p.order.Uint16(b)), SnapLength: int(min(p.order.Uint32(b[4:]), maxPacket))}
	c := microseconds
	for code, v := range options(p.order, b[8:]) {
		switch code {
		case optionName:
			i.Name = p.r.name(v)
		case optionDescription:
			i.Description = p.r.name(v)
		case optionResolution:
			if len(v) == 1 {
				c.resolution = v[0]
			}
		case optionOffset:
			if len(v) == 8 {
				c.offset = int64(p.order.Uint64(v))
			}
		}
	}
	p.r.interfaces, p.clocks = append(p.r.interfaces, i), append(p.clocks, c)
	return nil
}

// simple reads a simple packet block, which holds nothing but bytes. The packet is from
// the section's first interface, whose snap length limits the bytes captured.
func (p *pcapng) simple(b []byte) (Record, error) {
	if len(b) < 4 || len(p.clocks) == 0 {
		return Record{}, errInterface
	}
	length := p.order.Uint32(b)
	if length > maxPacket {
		return Record{}, tooLong(length)
	}
	captured := min(int(length), len(b)-4)
	if snap := p.r.interfaces[p.base].SnapLength; snap > 0 {
		captured = min(captured, snap)
	}
	return Record{Interface: p.base, Length: int(length), Data: b[4 : 4+captured]}, nil
}

// packet reads an enhanced packet block, or the obsolete one, which has the interface at
// a different place.
func (p *pcapng) packet(kind uint32, b []byte) (Record, error) {
	if len(b) < 20 {
		return Record{}, errBlock
	}
	i := int(p.order.Uint32(b))
	if kind == obsoleteBlock {
		i = int(p.order.Uint16(b))
	}
	if i >= len(p.clocks) {
		return Record{}, errInterface
	}
	captured, length := p.order.Uint32(b[12:]), p.order.Uint32(b[16:])
	if captured > maxPacket {
		return Record{}, tooLong(captured)
	}
	padded := (int(captured) + 3) &^ 3
	if 20+padded > len(b) {
		return Record{}, errBlock
	}
	rec := Record{
		Interface: p.base + i,
		Time:      p.clocks[i].time(uint64(p.order.Uint32(b[4:]))<<32 | uint64(p.order.Uint32(b[8:]))),
		Length:    int(max(length, captured)),
		Data:      b[20 : 20+captured],
	}
	if !holdsTime(rec.Time) {
		return Record{}, errYear
	}
	for code, v := range options(p.order, b[20+padded:]) {
		switch {
		case code == optionComment:
			rec.Comment = string(v)
		case code == optionFlags && len(v) == 4:
			rec.Direction = trace.Direction(min(p.order.Uint32(v)&3, 2)) // 1 inbound, 2 outbound
		case code == optionID && len(v) == 8 && kind == enhancedBlock:
			rec.ID = p.order.Uint64(v)
		}
	}
	return rec, nil
}

// skip skips bytes that must be there.
func (r *Reader) skip(n int64) error {
	passed, err := io.CopyN(io.Discard, r.in, n)
	if err != nil {
		return cut(err, ErrTruncated)
	}
	r.offset += passed
	return nil
}
