package page

import (
	"slices"

	"tracer/trace"
	"tracer/trace/explain"
)

// part is a packet in the document, or a sentence about those that show nothing new.
type part struct {
	Packet *packet
	More   string
}

// How much is in the document itself, and in a chunk.
const (
	mostPackets = 200
	mostEntries = 500
	perChunk    = 100
	perList     = 1000
)

// packets adds the list, the packets that show something new, and chunks of the others and of
// all details.
func (b *builder) packets(d *document) (err error) {
	t := newTeller(b)
	var later []int
	for i := range b.trace.Journeys {
		if b.trace.Journeys[i].Background() {
			later = append(later, i)
		}
	}
	for i := 0; i < len(b.plain.Packets); i++ {
		s := b.plain.Spans[i]
		run := b.plain.Packets[i : s.To+1]
		switch {
		case len(d.Packets) >= mostPackets:
			later = append(later, run...)
		case len(run) > 1:
			later = append(later, run...)
			d.Packets = append(d.Packets, part{More: b.More(b.journeys(run), b.facts.Firsts[b.plain.At(i).Flow])})
		default:
			p := t.packet(run[0])
			d.Packets = append(d.Packets, part{Packet: &p})
		}
		i = s.To
	}
	slices.Sort(later)
	jobs := b.packetJobs(later)
	if n := len(later); n > 0 {
		d.LeftOut = append(d.LeftOut, b.Format(explain.PageMorePackets, n, mostPackets))
	}
	d.List = b.list()
	if n := len(d.List); n > mostEntries {
		jobs = append(jobs, listJobs(d.List[mostEntries:])...)
		d.List = d.List[:mostEntries]
		d.LeftOut = append(d.LeftOut, b.Format(explain.PageMoreEntries, n-mostEntries))
	}
	if d.Chunks, err = b.makeChunks(append(jobs, b.detailJobs()...)); err != nil {
		return err
	}
	if d.detailed() {
		d.LeftOut = append(d.LeftOut, b.Format(explain.PageDetails))
	}
	return nil
}

// detailed reports whether there are details. Their chunks are the last ones.
func (d *document) detailed() bool {
	n := len(d.Chunks)
	return n > 0 && d.Chunks[n-1].To != 0
}

func (b *builder) journeys(indexes []int) (list []*trace.Journey) {
	for _, i := range indexes {
		list = append(list, &b.trace.Journeys[i])
	}
	return list
}

// packetJobs make chunks of packets.
func (b *builder) packetJobs(later []int) (jobs []job) {
	b.chunkOf = make([]string, len(b.trace.Journeys))
	for indexes := range slices.Chunk(later, perChunk) {
		id := chunkName("packets", len(jobs))
		for _, i := range indexes {
			b.chunkOf[i] = id
		}
		jobs = append(jobs, job{chunk{Name: id}, func(t *teller) ([]string, error) {
			var list []packet
			for _, i := range indexes {
				list = append(list, t.packet(i))
			}
			return rendered("packet", list)
		}})
	}
	return jobs
}

// listJobs make chunks of the packet list.
func listJobs(later []entry) (jobs []job) {
	for entries := range slices.Chunk(later, perList) {
		jobs = append(jobs, job{chunk{Name: chunkName("list", len(jobs))}, func(*teller) ([]string, error) { return rendered("entry", entries) }})
	}
	return jobs
}

// detailJobs make chunks of the details of all stops.
func (b *builder) detailJobs() (jobs []job) {
	n := len(b.trace.Journeys)
	for from := 0; from < n; from += perChunk {
		to := min(from+perChunk, n)
		id := chunkName("details", len(jobs))
		jobs = append(jobs, job{chunk{Name: id, From: b.order.begin(from), To: b.order.last(to - 1)}, func(t *teller) ([]string, error) {
			var list []detail
			for i := from; i < to; i++ {
				list = append(list, t.details(i)...)
			}
			return rendered("detail", list)
		}})
	}
	return jobs
}
