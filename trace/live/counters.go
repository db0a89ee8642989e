package live

import (
	"sync"
	"time"

	"tracer/trace"
	"tracer/trace/netstate"
)

// counters collects what nodes counted while packets were recorded, for
// [trace.Trace.Reconcile]. Each recording is a period.
type counters struct {
	begun   time.Time // the beginning of the current period
	before  map[string]trace.Counts
	periods [][2]time.Time
	total   map[string]trace.Counts // the sums of all periods
}

// begin begins a period. at is the time when the counters of all nodes had been read.
func (c *counters) begin(before map[string]trace.Counts, at time.Time) {
	c.before, c.begun = before, at
}

// end ends a period. at is the time before any counters were read.
func (c *counters) end(s *trace.State, at time.Time) {
	c.periods = append(c.periods, [2]time.Time{c.begun, at})
	for i := range s.Nodes {
		n := &s.Nodes[i]
		before, known := c.before[n.Name]
		if !known || n.Counts[trace.InReceives] == 0 { // the node's counters could not be read
			continue
		}
		if c.total == nil {
			c.total = map[string]trace.Counts{}
		}
		sum, during := c.total[n.Name], n.Counts.Since(&before)
		sum.Add(&during)
		c.total[n.Name] = sum
	}
}

// counting reports whether a time lies in one of the periods.
func (c *counters) counting(t time.Time) bool {
	for _, p := range c.periods {
		if !t.Before(p[0]) && t.Before(p[1]) {
			return true
		}
	}
	return false
}

// countsOf returns the counters of a snapshot.
func countsOf(s *trace.State) map[string]trace.Counts {
	counts := make(map[string]trace.Counts, len(s.Nodes))
	for i := range s.Nodes {
		counts[s.Nodes[i].Name] = s.Nodes[i].Counts
	}
	return counts
}

// readCounts reads the counters of all nodes of a network.
func readCounts(of Network) (map[string]trace.Counts, error) {
	nodes := of.Nodes()
	counts := make(map[string]trace.Counts, len(nodes))
	var mu sync.Mutex
	err := each(nodes, func(_ int, n Node) error {
		return of.Do(n.Name, func() error {
			c := netstate.ReadCounts()
			mu.Lock()
			defer mu.Unlock()
			counts[n.Name] = c
			return nil
		})
	})
	return counts, err
}
