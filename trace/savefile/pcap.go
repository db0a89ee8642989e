package savefile

import (
	"encoding/binary"
	"time"

	"tracer/trace"
)

// pcap reads the classic format: a file header of 24 bytes, and a header of 16 bytes
// before each packet.
type pcap struct {
	r     *Reader
	order binary.ByteOrder
	scale int64 // nanoseconds per unit of the time stamp's fraction
}

const (
	fileHeader   = 24
	recordHeader = 16
)

// The magic numbers at the beginning of the file, as written.
const (
	magicMicro = 0xa1b2c3d4
	magicNano  = 0xa1b23c4d
)

func newPcap(r *Reader, magic uint32) (*pcap, error) {
	p := &pcap{r: r}
	switch magic {
	case magicMicro:
		p.order, p.scale = binary.LittleEndian, 1000
	case magicNano:
		p.order, p.scale = binary.LittleEndian, 1
	case swapped(magicMicro):
		p.order, p.scale = binary.BigEndian, 1000
	case swapped(magicNano):
		p.order, p.scale = binary.BigEndian, 1
	default:
		return nil, ErrFormat
	}
	h, err := r.peek(fileHeader)
	if err != nil {
		return nil, cut(err, ErrTruncated)
	}
	r.interfaces = []Interface{{
		Link:       trace.LinkType(p.order.Uint32(h[20:]) & 0xffff), // the upper bits are about the frame check sequence
		SnapLength: int(min(p.order.Uint32(h[16:]), maxPacket)),
	}}
	r.pass(fileHeader)
	return p, nil
}

func swapped(v uint32) uint32 { return v>>24 | v>>8&0xff00 | v<<8&0xff0000 | v<<24 }

func (p *pcap) next() (Record, error) {
	h, err := p.r.peek(recordHeader)
	if err != nil {
		return Record{}, err
	}
	seconds, fraction := p.order.Uint32(h), p.order.Uint32(h[4:])
	captured, length := p.order.Uint32(h[8:]), p.order.Uint32(h[12:])
	if captured > maxPacket {
		return Record{}, tooLong(captured)
	}
	b, err := p.r.peek(recordHeader + int(captured))
	if err != nil {
		return Record{}, err
	}
	p.r.used = len(b)
	return Record{
		Time:   time.Unix(int64(seconds), int64(fraction)*p.scale),
		Length: int(max(length, captured)),
		Data:   b[recordHeader:],
	}, nil
}
