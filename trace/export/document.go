package export

import "tracer/trace"

// What follows are the objects of trace.json, schema 1; the outermost is written by
// [JSON] and read by [Read]. The keys are stable: keys may be added, but those that are
// here keep their name and meaning. docs/trace-json.md describes them for readers.

type nodeDoc struct {
	Name       string         `json:"name"`
	Role       trace.Role     `json:"role"`
	Interfaces []interfaceDoc `json:"interfaces"`
	Routes     []string       `json:"routes"`
	Neighbours []neighbourDoc `json:"neighbours"`
	Chains     []chainDoc     `json:"chains"`
	Rules      []ruleDoc      `json:"rules"`

	BridgeNetfilter bool `json:"bridge_netfilter"`
	Forwarding      bool `json:"forwarding"`
}

type interfaceDoc struct {
	Name      string   `json:"name"`
	Index     int      `json:"index"`
	MAC       string   `json:"mac"`
	MTU       int      `json:"mtu"`
	Kind      string   `json:"kind"`
	Addresses []string `json:"addresses"`
	Peer      string   `json:"peer,omitempty"`
	Master    string   `json:"master,omitempty"`

	RouteLocalnet bool  `json:"route_localnet,omitempty"`
	Forwarding    *bool `json:"forwarding,omitempty"` // where it is not the node's
}

type neighbourDoc struct {
	Address   string `json:"address"`
	MAC       string `json:"mac"`
	Interface string `json:"interface"`
}

type chainDoc struct {
	Table   string `json:"table"`
	Chain   string `json:"chain"`
	Policy  string `json:"policy,omitempty"`
	Foreign string `json:"foreign,omitempty"`
}

type ruleDoc struct {
	ID      uint64 `json:"id"`
	Table   string `json:"table"`
	Chain   string `json:"chain"`
	Text    string `json:"text"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

type endsDoc struct {
	Source      string `json:"src"`
	Destination string `json:"dst"`
}

type flowDoc struct {
	ID        int                 `json:"id"`
	Protocol  string              `json:"protocol"`
	Original  endsDoc             `json:"original"`
	Reply     endsDoc             `json:"reply"`
	NAT       []trace.Translation `json:"nat"`
	Entry     uint32              `json:"conntrack_id,omitempty"`
	Conntrack string              `json:"conntrack,omitempty"`
	State     trace.TCPState      `json:"conntrack_state,omitzero"`
	Unreplied bool                `json:"conntrack_unreplied,omitempty"`
	Assured   bool                `json:"conntrack_assured,omitempty"`

	Proxy       string `json:"proxy,omitempty"`
	Continues   int    `json:"continues,omitempty"`
	ContinuedBy int    `json:"continued_by,omitempty"`
}

type journeyDoc struct {
	ID         int                 `json:"id"`
	Flow       int                 `json:"flow"`
	Direction  trace.FlowDirection `json:"direction"`
	Summary    string              `json:"summary"`
	Background bool                `json:"housekeeping,omitempty"`
	Hops       []hopDoc            `json:"hops"`
	Outcome    outcomeDoc          `json:"outcome"`
}

type hopDoc struct {
	Node           string          `json:"node"`
	Interface      string          `json:"interface"`
	Direction      trace.Direction `json:"direction"`
	Time           string          `json:"time"`
	Frame          int             `json:"frame"`
	TTL            uint8           `json:"ttl,omitempty"`
	SourceMAC      string          `json:"src_mac"`
	DestinationMAC string          `json:"dst_mac"`
	Source         string          `json:"src"`
	Destination    string          `json:"dst"`
	Evidence       trace.Evidence  `json:"evidence"`
	Conntrack      *associationDoc `json:"conntrack,omitempty"`
	Hooks          []trace.Hook    `json:"hooks"`
	Steps          []stepDoc       `json:"steps"`
	Changes        []changeDoc     `json:"changes"`
	Ambiguous      []int           `json:"ambiguous,omitempty"`
	Doubtful       bool            `json:"doubtful_steps,omitempty"`
}

type associationDoc struct {
	ID        uint32              `json:"id"`
	Direction trace.FlowDirection `json:"direction"`
	State     trace.ConnState     `json:"state,omitzero"`
	Observed  bool                `json:"observed"`
}

type stepDoc struct {
	Hook     trace.Hook    `json:"hook"`
	Table    string        `json:"table"`
	Chain    string        `json:"chain"`
	Rule     uint64        `json:"rule,omitempty"`
	Text     string        `json:"text,omitempty"`
	Verdict  trace.Verdict `json:"verdict"`
	Terminal bool          `json:"terminal,omitempty"`

	Unmatched []unmatchedDoc `json:"missed,omitempty"`
}

type unmatchedDoc struct {
	Rule      uint64 `json:"rule"`
	Text      string `json:"text"`
	Condition string `json:"condition,omitempty"`
	Was       string `json:"was,omitempty"`
}

type changeDoc struct {
	Field trace.Field `json:"field"`
	From  string      `json:"from"`
	To    string      `json:"to"`
	Hook  trace.Hook  `json:"hook,omitzero"`
	Cause causeDoc    `json:"cause"`
}

type causeDoc struct {
	Kind        trace.CauseKind   `json:"kind"`
	Table       string            `json:"table,omitempty"`
	Chain       string            `json:"chain,omitempty"`
	Rule        uint64            `json:"rule,omitempty"`
	RuleText    string            `json:"rule_text,omitempty"`
	Route       string            `json:"route,omitempty"`
	Neighbour   string            `json:"neighbour,omitempty"`
	Conntrack   uint32            `json:"conntrack,omitempty"`
	Translation trace.Translation `json:"translation,omitzero"`
	Reverse     bool              `json:"reverse,omitempty"`
	Origin      *originDoc        `json:"established_by,omitempty"`
	Text        string            `json:"text"`
}

type originDoc struct {
	Journey  int    `json:"journey"`
	Table    string `json:"table"`
	Chain    string `json:"chain"`
	Rule     uint64 `json:"rule"`
	RuleText string `json:"rule_text"`
}

type outcomeDoc struct {
	Kind   trace.OutcomeKind `json:"kind"`
	Node   string            `json:"node"`
	Hook   trace.Hook        `json:"hook,omitzero"`
	Reason trace.Reason      `json:"reason,omitzero"`
	Table  string            `json:"table,omitempty"`
	Chain  string            `json:"chain,omitempty"`
	Rule   uint64            `json:"rule,omitempty"`
	By     string            `json:"rule_text,omitempty"` // with table and chain

	Interface       string `json:"interface,omitempty"`
	Destination     string `json:"dst,omitempty"`
	Length          int    `json:"length,omitempty"`
	MTU             int    `json:"mtu,omitempty"`
	OthersNode      string `json:"others_node,omitempty"`
	OthersInterface string `json:"others_interface,omitempty"`

	ReportedBy int          `json:"told_by,omitempty"`
	Text       string       `json:"text"`
	Hooks      []trace.Hook `json:"hooks"`
	Steps      []stepDoc    `json:"steps"`
	Changes    []changeDoc  `json:"changes"`
}

type answerDoc struct {
	From string `json:"from"`
	URL  string `json:"url"`
	Text string `json:"text"`
}

type frameDoc struct {
	Number    int             `json:"n"`
	Node      string          `json:"node"`
	Interface string          `json:"interface"`
	Direction trace.Direction `json:"direction"`
	Time      string          `json:"time"`
	Link      int             `json:"link,omitempty"`
	Length    int             `json:"length"`
	Data      []byte          `json:"data"`
}

type captureCounts struct {
	Frames    int    `json:"frames"`
	Lost      uint64 `json:"missed"`
	Ambiguous int    `json:"ambiguous"`
	StepGaps  uint64 `json:"step_gaps"`
	EventGaps uint64 `json:"event_gaps"`
	Stray     int    `json:"stray"`
	Undecoded int    `json:"undecoded"`
	Unkept    uint64 `json:"unkept,omitempty"`
}
