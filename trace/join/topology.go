package join

// Topology decides which sightings can be of one packet.
type Topology[C any] interface {
	// Score returns how well a sighting continues a track.
	Score(*Track[C], *Sighting) Score
	// Place returns the index of a sighting among those of a track that it continues.
	Place(*Track[C], *Sighting) int
	// Reaches reports whether a packet can get from one sighting to another, past points
	// where it was not seen.
	Reaches(from, to *Sighting) bool
	// Distinct reports whether two tracks with one key are known to be of different
	// packets, even if the packets are equal.
	Distinct(t, o *Track[C]) bool
}

// Score is how well a sighting continues a track. 0: not at all.
type Score uint8

// The scores. The first two are for packets of unknown connections.
const (
	BothEndsDiffer Score = iota + 1
	OneEndDiffers        // as after a single NAT
	Exact                // the same ends, or those that the connection's entry gives
)
