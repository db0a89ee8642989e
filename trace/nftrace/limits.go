package nftrace

// Limits bounds how many packets are traced. Tracing is the one expensive way to observe
// packets: with a listener, a machine forwards less than half as many of them, and the
// listener keeps up with no more than some 20,000 a second.
type Limits struct {
	All   Limit // of all packets
	First Limit // of the first packets of connections, for which nat rules are evaluated
}

// Limit is a token bucket.
type Limit struct {
	PerSecond uint64
	Burst     uint32
}

// DefaultLimits traces everything that a lesson sends, and a sample under load.
func DefaultLimits() Limits {
	return Limits{
		All:   Limit{PerSecond: 2000, Burst: 1000},
		First: Limit{PerSecond: 2000, Burst: 1000},
	}
}
