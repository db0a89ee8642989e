package judge

import (
	"encoding/json"
	"net/netip"
	"time"

	"tracer/trace"
)

// Evidence is the judge's own knowledge of what happened.
type Evidence struct {
	Network   *Network
	Sightings []Sighting // in chronological order
	LostOwn   bool       // the judge itself has missed frames
	Began     time.Time  // when the first request was sent
	Restless  bool       // the traffic had not ended when the recording did
	Before    map[string]*Counters
	Ending    map[string]*Counters // just before the recording ended
	After     map[string]*Counters // and after that
	Moments   []Moment             // changes of rules
	Entries   map[string][]Entry   // of conntrack, by node
	Sent      map[Tag]Sending
	Received  map[Tag]map[string]int
	Joined    map[string]bool
	Oracle    Oracle
}

// Oracle asks the kernel of a node.
type Oracle interface {
	// Route returns the route that the kernel chooses for a packet, or its refusal.
	Route(node string, q Query) (Chosen, error)
	// Neighbour returns the hardware address of a next hop, or "".
	Neighbour(node, iface string, a netip.Addr) string
}

// Query describes a packet to the kernel's routing. Without an incoming interface, the node
// itself sends it.
type Query struct {
	Source, Destination netip.Addr
	Incoming            string
	Mark                uint32
}

// Chosen is a route as the kernel uses it.
type Chosen struct {
	Destination netip.Prefix // of the route's entry
	Table       int
	Gateway     netip.Addr // invalid: the destination itself is the next hop
	Interface   string
	Local       bool
}

// Tuple is one direction of a connection.
type Tuple struct {
	Protocol            uint8
	Source, Destination netip.AddrPort
}

// Entry is a conntrack entry's lifetime.
type Entry struct {
	ID              uint32
	Original, Reply Tuple
	From, Until     time.Time // Until is zero: it still exists
}

// Counters are what a node has counted so far.
type Counters struct {
	SNMP   map[string]uint64 // "IpExt.InNoRoutes"
	Chains []Chain
	Maps   map[string]json.RawMessage // elements of nft's maps, by the table and "@" with the map's name
}

// Chain is a chain of a node's rules, of any table.
type Chain struct {
	Family, Table, Name string
	Hook                string // "" for one that is only jumped to
	Policy              string // "accept", "drop" or ""
	Packets             uint64 // the policy's; only iptables' chains count them
	Rules               []Rule
}

// Rule is one rule.
type Rule struct {
	Handle  uint64
	Text    string // as iptables-save prints it after the chain; for others nft's JSON
	Packets uint64
	Counts  bool // it has a counter
}

// Ours returns the table's name as a trace has it: iptables' tables have no family.
func (c *Chain) Ours() string {
	if c.Family == "ip" {
		switch c.Table {
		case "raw", "mangle", "nat", "filter", "security":
			return c.Table
		}
	}
	return c.Family + " " + c.Table
}

// chain returns a chain by the names that a trace uses, or nil.
func (c *Counters) chain(table, name string) *Chain {
	for i := range c.Chains {
		if k := &c.Chains[i]; k.Name == name && k.Ours() == table {
			return k
		}
	}
	return nil
}

// rule returns a rule by the names that a trace uses, its position, or nil.
func (c *Counters) rule(r trace.RuleRef) (*Rule, int) {
	k := c.chain(r.Table, r.Chain)
	if k == nil {
		return nil, 0
	}
	for i := range k.Rules {
		if k.Rules[i].Handle == r.Handle {
			return &k.Rules[i], i
		}
	}
	return nil, 0
}
