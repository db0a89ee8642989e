package nftrace

// Probe says how many packets to trace. Tracing is the one expensive way of
// looking: with a listener, a machine forwards less than half as many packets,
// and the listener cannot keep up with more than some 20,000 a second. So
// every packet is traced only while there are few.
type Probe struct {
	Rate  Limit // of all packets
	First Limit // of first packets of connections, where nat rules are decided
}

// Limit is a token bucket.
type Limit struct {
	PerSecond uint64
	Burst     uint32
}

// DefaultProbe traces everything in a classroom, and samples under load.
var DefaultProbe = Probe{
	Rate:  Limit{PerSecond: 2000, Burst: 1000},
	First: Limit{PerSecond: 2000, Burst: 1000},
}
