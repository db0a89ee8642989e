package export

import (
	"fmt"
	"net/netip"
	"time"

	"tracer/trace"
)

// These are the objects of trace.json, schema 1, that differ from the model. Types of the
// model that have the same shape carry the keys as tags. The outermost object is written
// by [JSON] and read by [Read]. Keys are stable: new ones may be added, but each keeps
// its name and meaning. docs/trace-json.md describes them.

type nodeDoc struct {
	Name       string            `json:"name"`
	Role       trace.Role        `json:"role"`
	Interfaces []interfaceDoc    `json:"interfaces"`
	Routes     []trace.Route     `json:"routes"`
	Neighbours []trace.Neighbour `json:"neighbours"`
	FDB        []trace.FDBEntry  `json:"fdb,omitzero"`
	rulesetDoc

	Policy       []trace.RoutingRule `json:"routing_rules,omitempty"`
	Tables       []trace.RouteTable  `json:"routing_tables,omitempty"`
	LegacyTables []string            `json:"iptables_legacy,omitempty"`
	ResolvConf   []string            `json:"resolv_conf,omitempty"`
	Engine       *trace.Engine       `json:"engine,omitempty"`
	Unexplained  []trace.Counted     `json:"unexplained,omitempty"`

	BridgeNetfilter bool `json:"bridge_netfilter"`
	Forwarding      bool `json:"forwarding"`

	BridgeNetfilter6 bool `json:"bridge_netfilter6,omitempty"`
	Forwarding6      bool `json:"forwarding6,omitempty"`
}

type interfaceDoc struct {
	trace.Interface
	Forwarding *bool `json:"forwarding,omitempty"` // if it differs from the node's
}

type chainDoc struct {
	Table string `json:"table"`
	trace.Chain
}

type ruleDoc struct {
	ID      uint64 `json:"id"`
	Table   string `json:"table"`
	Chain   string `json:"chain"`
	Text    string `json:"text"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
	Counter int    `json:"counter,omitempty"`

	Columns *columnsDoc `json:"columns,omitempty"`
}

type flowDoc struct {
	ID       int                 `json:"id"`
	Protocol string              `json:"protocol"`
	Original endsDoc             `json:"original"`
	Reply    endsDoc             `json:"reply"`
	NAT      []trace.Translation `json:"nat"`
	trace.Entry
	Proxy       string `json:"proxy,omitempty"`
	Continues   int    `json:"continues,omitempty"`
	ContinuedBy int    `json:"continued_by,omitempty"`
}

type endsDoc struct {
	Source      string `json:"src"`
	Destination string `json:"dst"`
}

type answerDoc struct {
	From    string            `json:"from"`
	URL     string            `json:"url"`
	Text    string            `json:"text"`
	Replies []trace.EchoReply `json:"replies,omitempty"`
	Command bool              `json:"command,omitempty"`
	Began   timestamp         `json:"began,omitzero"`
	Ended   timestamp         `json:"ended,omitzero"`

	Before *rulesetDoc `json:"before,omitempty"`
}

// rulesetDoc is a node's rules.
type rulesetDoc struct {
	Chains []chainDoc `json:"chains"`
	Rules  []ruleDoc  `json:"rules"`
	Sets   []setDoc   `json:"sets,omitempty"`
	// Partial are the tables that have more than is listed here.
	Partial []string `json:"partial_tables,omitempty"`
}

type setDoc struct {
	Table string `json:"table"`
	trace.NamedSet
}

type journeyDoc struct {
	ID         int                 `json:"id"`
	Flow       int                 `json:"flow"`
	Request    int                 `json:"request,omitempty"`
	Traced     timestamp           `json:"traced,omitzero"`
	Direction  trace.FlowDirection `json:"direction"`
	Summary    string              `json:"summary"`
	Background bool                `json:"housekeeping,omitempty"`
	Hops       []hopDoc            `json:"hops"`
	Outcome    outcomeDoc          `json:"outcome"`
}

type hopDoc struct {
	Node           string             `json:"node"`
	Interface      string             `json:"interface"`
	Direction      trace.Direction    `json:"direction"`
	Time           timestamp          `json:"time"`
	Frame          int                `json:"frame"`
	Fragments      []int              `json:"fragments,omitempty"`
	TTL            uint8              `json:"ttl,omitempty"`
	SourceMAC      string             `json:"src_mac"`
	DestinationMAC string             `json:"dst_mac"`
	Source         string             `json:"src"`
	Destination    string             `json:"dst"`
	Evidence       trace.Evidence     `json:"evidence"`
	Identity       trace.Identity     `json:"identity,omitzero"`
	Copy           bool               `json:"copy,omitempty"`
	Unordered      bool               `json:"unordered,omitempty"`
	Conntrack      *trace.Association `json:"conntrack,omitempty"`
	passageDoc
	Ambiguous []int `json:"ambiguous,omitempty"`
	Doubtful  bool  `json:"doubtful_steps,omitempty"`
}

// passageDoc is what happened to a packet since the previous hop.
type passageDoc struct {
	Hooks   []trace.Hook `json:"hooks"`
	Steps   []trace.Step `json:"steps"`
	Changes []changeDoc  `json:"changes"`
}

type changeDoc struct {
	Field trace.Field `json:"field"`
	From  string      `json:"from"`
	To    string      `json:"to"`
	Hook  trace.Hook  `json:"hook,omitzero"`
	Cause causeDoc    `json:"cause"`
}

type causeDoc struct {
	Kind trace.CauseKind `json:"kind"`
	ruleRefDoc
	Route       string            `json:"route,omitempty"`
	Neighbour   netip.Addr        `json:"neighbour,omitzero"`
	Conntrack   uint32            `json:"conntrack,omitempty"`
	Translation trace.Translation `json:"translation,omitzero"`
	Reverse     bool              `json:"reverse,omitempty"`
	Origin      originDoc         `json:"established_by,omitzero"`
	Text        string            `json:"text"`
}

// ruleRefDoc is a [trace.RuleRef] with keys other than a step's.
type ruleRefDoc struct {
	Table  string `json:"table,omitempty"`
	Chain  string `json:"chain,omitempty"`
	Handle uint64 `json:"rule,omitempty"`
	Text   string `json:"rule_text,omitempty"` // in an outcome: with table and chain
}

type originDoc struct {
	Journey int    `json:"journey"`
	Table   string `json:"table"`
	Chain   string `json:"chain"`
	Rule    uint64 `json:"rule"`
	Text    string `json:"rule_text"`
	Earlier bool   `json:"earlier,omitempty"`
}

type outcomeDoc struct {
	Kind   trace.OutcomeKind `json:"kind"`
	Node   string            `json:"node"`
	Hook   trace.Hook        `json:"hook,omitzero"`
	Reason trace.Reason      `json:"reason,omitzero"`
	ruleRefDoc
	Answer          trace.Reject      `json:"answer,omitzero"`
	Interface       string            `json:"interface,omitempty"`
	Destination     netip.Addr        `json:"dst,omitzero"`
	RouteType       trace.RouteType   `json:"route_type,omitzero"`
	Route           string            `json:"route,omitempty"`
	RoutingRule     trace.RoutingRule `json:"routing_rule,omitzero"`
	Length          int               `json:"length,omitempty"`
	MTU             int               `json:"mtu,omitempty"`
	OthersNode      string            `json:"others_node,omitempty"`
	OthersInterface string            `json:"others_interface,omitempty"`

	Segments []int `json:"segments,omitempty"`

	ReportedBy int    `json:"told_by,omitempty"`
	Text       string `json:"text"`
	passageDoc
	Conntrack *trace.Association `json:"conntrack,omitempty"`
}

type frameDoc struct {
	Number    int             `json:"n"`
	Node      string          `json:"node"`
	Interface string          `json:"interface"`
	Direction trace.Direction `json:"direction"`
	Time      timestamp       `json:"time"`
	Mark      uint32          `json:"mark,omitempty"`
	Link      trace.LinkType  `json:"link,omitempty"`
	Length    int             `json:"length"`
	Data      []byte          `json:"data"`
}

type captureDoc struct {
	Frames int `json:"frames"`
	trace.Gaps
}

// timestamp is RFC 3339 in UTC with nanoseconds.
type timestamp time.Time

// IsZero makes omitzero omit it.
func (t timestamp) IsZero() bool { return time.Time(t).IsZero() }

// MarshalText writes nine digits, so that times are of equal length.
func (t timestamp) MarshalText() ([]byte, error) {
	return time.Time(t).UTC().AppendFormat(nil, "2006-01-02T15:04:05.000000000Z"), nil
}

// UnmarshalText accepts any offset. The conversion to UTC could give the year more or
// fewer than four digits.
func (t *timestamp) UnmarshalText(text []byte) error {
	v, err := time.Parse(time.RFC3339Nano, string(text))
	if y := v.UTC().Year(); err == nil && (y < 0 || y > 9999) {
		err = fmt.Errorf("%s is not in the years 0 to 9999", text)
	}
	*t = timestamp(v)
	return err
}
