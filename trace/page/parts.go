package page

import (
	"slices"
	"strconv"

	"tracer/trace"
	"tracer/trace/explain"
)

// run is packets of a connection that show nothing new, by their indexes, or a single packet.
// Packets in the background are in none.
type run []int

// runs divides the packets of a trace as the walk does.
func runs(t *trace.Trace) (list []run) {
	alike := t.Alike(t.Retransmissions())
	for i := range t.Journeys {
		j := &t.Journeys[i]
		if j.Background() {
			continue
		}
		if n := len(list); n > 0 && alike[i] {
			if last := list[n-1][0]; alike[last] && t.Journeys[last].Flow == j.Flow {
				list[n-1] = append(list[n-1], i)
				continue
			}
		}
		list = append(list, run{i})
	}
	return list
}

// part is a packet in the document, or a sentence about those that show nothing new.
type part struct {
	Packet *packet
	More   string
}

// The packets in the document itself, and in a chunk.
const (
	mostPackets = 300
	perChunk    = 100
)

// packets adds the packets that show something new, and chunks of the others and of all
// details.
func (b *builder) packets(d *document) error {
	var later []int
	for i := range b.trace.Journeys {
		if b.trace.Journeys[i].Background() {
			later = append(later, i)
		}
	}
	for _, r := range b.runs {
		j := &b.trace.Journeys[r[0]]
		switch {
		case len(d.Packets) >= mostPackets:
			later = append(later, r...)
		case len(r) > 1:
			later = append(later, r...)
			d.Packets = append(d.Packets, part{More: b.More(b.journeys(r), b.firsts[j.Flow])})
		default:
			p := b.packet(r[0])
			d.Packets = append(d.Packets, part{Packet: &p})
		}
	}
	slices.Sort(later)
	if err := b.packetChunks(d, later); err != nil {
		return err
	}
	d.List = b.list()
	return b.detailChunks(d)
}

func (b *builder) journeys(indexes []int) (list []*trace.Journey) {
	for _, i := range indexes {
		list = append(list, &b.trace.Journeys[i])
	}
	return list
}

// packetChunks adds chunks of packets.
func (b *builder) packetChunks(d *document, later []int) error {
	b.chunkOf = make([]string, len(b.trace.Journeys))
	for indexes := range slices.Chunk(later, perChunk) {
		var list []packet
		id := "packets-" + strconv.Itoa(len(d.PacketChunks))
		for _, i := range indexes {
			b.chunkOf[i] = id
			list = append(list, b.packet(i))
		}
		c, err := newChunk(id, "packet", list)
		if err != nil {
			return err
		}
		d.PacketChunks = append(d.PacketChunks, c)
	}
	if n := len(later); n > 0 {
		d.LeftOut = append(d.LeftOut, b.Format(explain.PageMorePackets, n, mostPackets))
	}
	return nil
}

// detailChunks adds chunks of the details of all stops.
func (b *builder) detailChunks(d *document) error {
	for from := 0; from < len(b.trace.Journeys); from += perChunk {
		to := min(from+perChunk, len(b.trace.Journeys))
		var list []detail
		for i := from; i < to; i++ {
			list = append(list, b.details(i)...)
		}
		if len(list) == 0 {
			continue
		}
		c, err := newChunk("details-"+strconv.Itoa(len(d.DetailChunks)), "detail", list)
		if err != nil {
			return err
		}
		c.From, c.To = b.order.begin(from), b.order.last(to-1)
		d.DetailChunks = append(d.DetailChunks, c)
	}
	if len(d.DetailChunks) > 0 {
		d.LeftOut = append(d.LeftOut, b.Format(explain.PageDetails))
	}
	return nil
}
