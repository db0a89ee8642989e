package nftrace

import (
	"math"

	"tracer/trace"
)

// Table is the name of tracer's own tables, one of family ip and one of family ip6.
const Table = "tracer"

// chain is a base chain of tracer's table.
type chain struct {
	Place
	traces selection
}

// selection says for which packets a chain sets the nftrace flag, within their limit.
type selection uint8

const (
	noPackets selection = iota // the chain is a checkpoint only
	allPackets
	firstPackets // of connections
)

// The priorities of the chains that start the trace: before all others, and right after
// connection tracking.
const (
	priorityStart = trace.PriorityRaw - 50
	priorityNew   = -199
)

// FirstChain is the chain of tracer's table that a packet passes first when it comes in.
const FirstChain = "start-prerouting"

// priorityLast is after the chains of all other tables, and before connection tracking
// confirms the entry (NF_IP_PRI_CONNTRACK_CONFIRM).
const priorityLast = math.MaxInt32 - 1

// chains are the base chains of each of tracer's tables.
var chains = map[string]chain{
	FirstChain:         {Place{trace.Prerouting, priorityStart}, allPackets},
	"start-output":     {Place{trace.Output, priorityStart}, allPackets},
	"new-prerouting":   {Place{trace.Prerouting, priorityNew}, firstPackets},
	"new-output":       {Place{trace.Output, priorityNew}, firstPackets},
	"seen-prerouting":  {Place{trace.Prerouting, trace.PriorityDestinationNAT + 1}, noPackets},
	"seen-input":       {Place{trace.Input, priorityLast}, noPackets},
	"seen-forward":     {Place{trace.Forward, trace.PriorityFilter + 1}, noPackets},
	"seen-output":      {Place{trace.Output, trace.PriorityDestinationNAT + 1}, noPackets},
	"near-postrouting": {Place{trace.Postrouting, trace.PrioritySourceNAT - 1}, noPackets},
	"seen-postrouting": {Place{trace.Postrouting, trace.PrioritySourceNAT + 1}, noPackets},
}
