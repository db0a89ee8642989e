package nftrace

import (
	"fmt"

	"tracer/trace"
	"tracer/trace/conntrack"
)

// Message is one NFT_MSG_TRACE message.
type Message struct {
	ID      uint32 // the kernel's trace id, constant within a chain
	Kind    Kind
	Family  Family // of the table
	Table   string // its name alone: see TableName
	Chain   string
	Rule    uint64  // the rule's handle, if Kind is Rule
	Verdict Verdict // of the rule or the return
	Policy  Verdict // of the chain, if Kind is Policy
	In, Out int     // interface indexes; 0 where the hook has none

	// Mark is the packet's mark after the rule, in every message: see [Numbered]. It is
	// 0 if the packet has none, or a rule has stolen it from netfilter.
	Mark uint32

	// The packet's headers, in the first message of a chain only: the link header, up
	// to 40 bytes of the network header, and up to 20 bytes of what follows it.
	Link, Network, Transport []byte

	// Conntrack is the packet's connection. It comes with the headers if connection
	// tracking has handled the packet by then; kernels before 6.16 never send it.
	Conntrack *Conntrack
}

// EndOfRules reports whether the message only marks the end of a chain, which the kernel
// reports as a rule without a handle.
func (m *Message) EndOfRules() bool { return m.Kind == Rule && m.Rule == 0 }

// Kind says what a message reports (enum nft_trace_types).
type Kind uint32

// The kinds, with the kernel's numbers.
const (
	Policy Kind = iota + 1 // the end of a base chain was reached
	Return                 // a chain returned to its caller
	Rule                   // a rule matched
)

// String returns "policy", "return", "rule" or "unknown".
func (k Kind) String() string {
	switch k {
	case Policy:
		return "policy"
	case Return:
		return "return"
	case Rule:
		return "rule"
	}
	return "unknown"
}

// Verdict is the decision of a rule or a policy.
type Verdict struct {
	Code  VerdictCode
	Chain string // the target of a jump or goto
}

// VerdictCode is a verdict without its argument (enum nft_verdicts, and NF_* in
// include/uapi/linux/netfilter.h).
type VerdictCode int32

// The verdicts, with the kernel's numbers. After a negative one, evaluation continues
// within the hook.
const (
	Drop        VerdictCode = 0
	Accept      VerdictCode = 1
	Stolen      VerdictCode = 2
	Queue       VerdictCode = 3
	Repeat      VerdictCode = 4
	Continue    VerdictCode = -1
	Break       VerdictCode = -2
	Jump        VerdictCode = -3
	Goto        VerdictCode = -4
	ReturnChain VerdictCode = -5
)

var verdictNames = map[VerdictCode]string{
	Drop: "drop", Accept: "accept", Stolen: "stolen", Queue: "queue", Repeat: "repeat",
	Continue: "continue", Break: "break", Jump: "jump", Goto: "goto", ReturnChain: "return",
}

// String returns the verdict as nft prints it, without the chain: "accept", "jump".
func (c VerdictCode) String() string {
	if name, ok := verdictNames[c]; ok {
		return name
	}
	return fmt.Sprintf("verdict(%d)", int32(c))
}

// String returns the verdict as nft prints it: "accept", "jump DOCKER".
func (v Verdict) String() string {
	if v.Code == Jump || v.Code == Goto {
		return v.Code.String() + " " + v.Chain
	}
	return v.Code.String()
}

// Terminal reports whether the verdict ends the base chain's evaluation.
func (v Verdict) Terminal() bool { return v.Code >= 0 }

// Conntrack is the conntrack entry of a traced packet.
type Conntrack struct {
	ID        uint32 // as conntrack -L -o id prints it
	Direction trace.FlowDirection
	Status    conntrack.Status
	State     State
}

// State is the value of "ct state" for the packet (NF_CT_STATE_BIT).
type State uint32

// The states, as bits; a packet has one.
const (
	Invalid     State = 1 << 0
	Established State = 1 << 1
	Related     State = 1 << 2
	New         State = 1 << 3
	Untracked   State = 1 << 6
)

// String returns "new", "established", "related", "invalid", "untracked" or "".
func (s State) String() string {
	switch s {
	case Invalid:
		return "invalid"
	case Established:
		return "established"
	case Related:
		return "related"
	case New:
		return "new"
	case Untracked:
		return "untracked"
	}
	return ""
}
