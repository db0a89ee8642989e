package trace

// Association is how connection tracking classified a packet.
type Association struct {
	Entry     uint32        `json:"id"`             // the entry's id
	Direction FlowDirection `json:"direction"`      // the packet's, within the connection
	State     ConnState     `json:"state,omitzero"` // 0 if unknown
	Observed  bool          `json:"observed"`       // reported by the kernel at the hook; otherwise looked up by address
	// Created: the packet was the connection's first, so conntrack made the entry for it.
	Created bool `json:"created,omitempty"`
	// Unconfirmed: the packet was the entry's first, and was dropped before the entry was
	// confirmed. The entry was discarded with it (nf_conntrack_confirm).
	Unconfirmed bool `json:"unconfirmed,omitempty"`
}

// ConnState is the state of a packet's connection (enum ip_conntrack_info).
type ConnState uint8

// The states.
const (
	StateInvalid ConnState = iota + 1
	StateNew
	StateEstablished
	StateRelated
	StateUntracked
)

var connStateNames = [...]string{
	StateInvalid: "invalid", StateNew: "new", StateEstablished: "established", StateRelated: "related", StateUntracked: "untracked",
}

// String returns the state as rules spell it, in lower case.
func (s ConnState) String() string { return nameOf(connStateNames[:], s, "state") }

// MarshalText returns the name.
func (s ConnState) MarshalText() ([]byte, error) { return marshalName(connStateNames[:], s) }

// UnmarshalText accepts a name.
func (s *ConnState) UnmarshalText(text []byte) error {
	return unmarshalName(connStateNames[:], s, text)
}

// TCPState is the state of a TCP connection as conntrack sees it (enum tcp_conntrack).
type TCPState uint8

// The states, with the kernel's numbers.
const (
	SynSent TCPState = iota + 1
	SynRecv
	Established
	FinWait
	CloseWait
	LastAck
	TimeWait
	Close
	SynSent2
)

var tcpStateNames = [...]string{
	SynSent: "SYN_SENT", SynRecv: "SYN_RECV", Established: "ESTABLISHED", FinWait: "FIN_WAIT", CloseWait: "CLOSE_WAIT",
	LastAck: "LAST_ACK", TimeWait: "TIME_WAIT", Close: "CLOSE", SynSent2: "SYN_SENT2",
}

// String returns the state as conntrack -L prints it.
func (s TCPState) String() string { return nameOf(tcpStateNames[:], s, "state") }

// MarshalText returns the name.
func (s TCPState) MarshalText() ([]byte, error) { return marshalName(tcpStateNames[:], s) }

// UnmarshalText accepts a name.
func (s *TCPState) UnmarshalText(text []byte) error { return unmarshalName(tcpStateNames[:], s, text) }
