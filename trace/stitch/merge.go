package stitch

import (
	"time"

	"tracer/trace/join"
)

// merge hands out the sightings of all files in order of time, keeping each file's own
// order.
func merge(readers []*reader, give func(*reader, *join.Sighting)) {
	heads := make([]*join.Sighting, len(readers))
	for i, r := range readers {
		heads[i] = r.next()
	}
	for {
		first := -1
		var t time.Time
		for i, h := range heads {
			if h != nil && (first < 0 || h.Time.Before(t)) {
				first, t = i, h.Time
			}
		}
		if first < 0 {
			return
		}
		give(readers[first], heads[first])
		heads[first] = readers[first].next()
	}
}
