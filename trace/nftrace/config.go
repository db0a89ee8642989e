package nftrace

// Config determines what a [Probe] does with the packets of its network namespace.
type Config struct {
	// All and First bound how many packets are traced. Tracing is the one expensive way
	// to observe packets: with a listener, a machine forwards less than half as many of
	// them, and the listener keeps up with no more than some 20,000 a second.
	All   Limit // of all packets; those beyond it are counted: see Probe.Untraced
	First Limit // of the first packets of connections, for which nat rules are evaluated: see Probe.TraceFirst

	// Marks makes the probe number packets: see [Numbered]. It is not for namespaces
	// where something else reads or sets marks.
	Marks bool
}

// Limit is a token bucket.
type Limit struct {
	PerSecond uint64
	Burst     uint32
}

// Default traces all traffic of a lesson, up to some megabytes, and a sample under load. It
// numbers packets.
func Default() Config {
	return Config{
		All:   Limit{PerSecond: 2000, Burst: 5000},
		First: Limit{PerSecond: 2000, Burst: 1000},
		Marks: true,
	}
}
