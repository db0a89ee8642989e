package compare_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"tracer/trace"
	"tracer/trace/compare"
	"tracer/trace/explain"
)

// TestRenamed: another address of the container, another name of its veth, other hardware addresses and
// another port of the client are not differences. A rule that still has the former address is.
func TestRenamed(t *testing.T) {
	whole, other := recorded(t, "flask-demo", ""), recorded(t, "flask-demo", "")
	port := whole.Journey(3).Hops[0].Packet.Src.Port()
	rename(reflect.ValueOf(other).Elem(), port)
	if reflect.DeepEqual(whole, other) {
		t.Fatal("nothing was renamed")
	}
	if c := compare.Traces(whole, other); !c.Equal() {
		t.Errorf("%+v %+v", c.Differences, c.Settings)
	}
	stale := func(s string) string {
		return strings.Replace(s, "DNAT --to-destination 172.17.0.9", "DNAT --to-destination 172.17.0.2", 1)
	}
	for i := range other.Journeys {
		for k := range other.Journeys[i].Hops {
			h := &other.Journeys[i].Hops[k]
			for n := range h.Steps {
				h.Steps[n].Text = stale(h.Steps[n].Text)
			}
		}
	}
	if d := compare.Traces(whole, other).First(); d == nil || d.Kind != compare.KindRule || !strings.Contains(d.Facts[compare.B].Step.Text, "DNAT") {
		t.Errorf("%+v", d)
	}
}

// rename renames the container of flask-demo, the client's port and all hardware addresses.
func rename(v reflect.Value, port uint16) {
	to := netip.MustParseAddr("172.17.0.9")
	address := func(a netip.Addr) netip.Addr {
		if a.String() == "172.17.0.2" {
			return to
		}
		return a
	}
	switch x := v.Interface().(type) {
	case netip.Addr:
		v.Set(reflect.ValueOf(address(x)))
	case netip.Prefix:
		v.Set(reflect.ValueOf(netip.PrefixFrom(address(x.Addr()), x.Bits())))
	case netip.AddrPort:
		if x.Port() == port {
			x = netip.AddrPortFrom(x.Addr(), port-1)
		}
		v.Set(reflect.ValueOf(netip.AddrPortFrom(address(x.Addr()), x.Port())))
	case trace.Endpoint:
		renamed := reflect.New(reflect.TypeFor[netip.AddrPort]()).Elem()
		renamed.Set(reflect.ValueOf(netip.AddrPort(x)))
		rename(renamed, port)
		v.Set(reflect.ValueOf(trace.Endpoint(renamed.Interface().(netip.AddrPort))))
	case trace.MAC:
		if !x.IsZero() && x[0]&1 == 0 {
			x[3]++
		}
		v.Set(reflect.ValueOf(x))
	case string:
		v.SetString(strings.NewReplacer("172.17.0.2", "172.17.0.9", "vethb6b29d3", "veth0123456").Replace(x))
	case time.Time, []byte:
	default:
		parts(v, port)
	}
}

// parts renames in the parts of a value.
func parts(v reflect.Value, port uint16) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			rename(v.Elem(), port)
		}
	case reflect.Interface:
		if !v.IsNil() {
			inner := reflect.New(v.Elem().Type()).Elem()
			inner.Set(v.Elem())
			rename(inner, port)
			v.Set(inner)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			rename(v.Index(i), port)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				rename(v.Field(i), port)
			}
		}
	}
}

// TestSent: another header at the sender is one difference, and not one at each router.
func TestSent(t *testing.T) {
	other := recorded(t, "flask-demo", "")
	j := other.Journey(3)
	for i := range j.Hops {
		j.Hops[i].Packet.TTL += 10
	}
	for i := range j.Hops {
		for k := range j.Hops[i].Changes {
			if c := &j.Hops[i].Changes[k]; c.Field == trace.FieldTTL {
				c.From, c.To = trace.TTL(74), trace.TTL(73)
			}
		}
	}
	c := compare.Traces(recorded(t, "flask-demo", ""), other)
	if len(c.Differences) != 1 || c.First().Kind != compare.KindSent {
		t.Errorf("%+v", c.Differences)
	}
}

// many returns a trace of n copies of the last data packet of flask-demo.
func many(t *testing.T, n int) *trace.Trace {
	tr := recorded(t, "flask-demo", "")
	from := *tr.Journey(10)
	for i := range n {
		j := from
		j.ID = len(tr.Journeys) + 1
		j.Hops = slices.Clone(from.Hops)
		for k := range j.Hops {
			j.Hops[k].Time = j.Hops[k].Time.Add(time.Duration(i) * time.Microsecond)
		}
		tr.Journeys = append(tr.Journeys, j)
	}
	return tr
}

// TestMany: ten thousand packets are compared quickly, and more of the same make no difference.
func TestMany(t *testing.T) {
	began := time.Now()
	c := compare.Traces(many(t, 10000), many(t, 9000))
	if !c.Equal() {
		t.Errorf("%d differences", len(c.Differences))
	}
	incidental := 0
	for i := range c.Packets {
		if c.Packets[i].Incidental {
			incidental++
		}
	}
	if incidental != 1000 {
		t.Errorf("%d incidental packets", incidental)
	}
	t.Logf("took %v", time.Since(began))
}

// TestUncertain: if one side has more packets of a role, and some of them fared differently, then
// which is which is not known.
func TestUncertain(t *testing.T) {
	a, b := many(t, 3), many(t, 2)
	last := func(tr *trace.Trace, ids ...int) {
		for _, i := range ids {
			j := &tr.Journeys[len(tr.Journeys)-i]
			j.Hops = j.Hops[:3]
			j.Outcome = trace.Outcome{Kind: trace.OutcomeUnseen, Node: "host", Reason: trace.Reason(len(tr.Journeys) % 2)}
		}
	}
	last(a, 1, 2)
	last(b, 1)
	c := compare.Traces(a, b)
	if len(c.Differences) == 0 {
		t.Fatal("no difference")
	}
	for _, d := range c.Differences {
		if !d.Uncertain {
			t.Errorf("%+v", d)
		}
	}
	// A trace that lacks rule steps or frames may lack what seems to differ.
	for _, gaps := range []trace.Gaps{{Steps: 1}, {Untraced: 1}, {Lost: 1}} {
		b := recorded(t, "flask-demo", "forward-drop")
		b.Gaps = gaps
		d := compare.Traces(recorded(t, "flask-demo", ""), b).Differences
		if first := d[0].Uncertain; first != (gaps.Lost == 0) {
			t.Errorf("%+v: the first difference is uncertain: %t", gaps, first)
		}
		if missing := d[1].Uncertain; missing != (gaps.Lost > 0) {
			t.Errorf("%+v: a missing packet is uncertain: %t", gaps, missing)
		}
	}
	// The second packet that was only captured, and not traced, may have met the same rules.
	b = recorded(t, "flask-demo", "")
	j := b.Journey(7)
	h := &j.Hops[2]
	h.Steps, h.Hooks, h.Evidence = nil, nil, trace.EvidenceFrames
	for _, d := range compare.Traces(recorded(t, "flask-demo", ""), b).Differences {
		if !d.Uncertain {
			t.Errorf("not traced: %+v", d)
		}
	}
}

// TestRequests: a request that only one side has is reported as such, and its packets are not listed.
func TestRequests(t *testing.T) {
	c := compare.Traces(recorded(t, "metadata-dnat", ""), recorded(t, "metadata-dnat", "route-localnet"))
	want := []compare.Requests{{[2][]int{{1}, nil}, false}, {[2][]int{{2}, {1}}, true}}
	if got := fmt.Sprint(c.Requests); got != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	for _, d := range c.Differences {
		if d.Packet >= 0 && d.Requests == 0 {
			t.Errorf("%+v", d)
		}
	}
	if last := c.Differences[len(c.Differences)-1]; last.Kind != compare.KindAnswer && last.Kind != compare.KindRequest {
		t.Errorf("%+v", last)
	}
}

// TestARP: an ARP exchange that began with another request, or before any, is not a difference.
func TestARP(t *testing.T) {
	for _, name := range []string{"docker0", "published-ipv6"} {
		other, found := recorded(t, name, ""), 0
		for i := range other.Journeys {
			if j := &other.Journeys[i]; len(j.Hops) > 0 && j.Hops[0].Packet.Resolves() && !j.Background() {
				j.Request = 3 - j.Request
				found++
			}
		}
		if c := compare.Traces(recorded(t, name, ""), other); !c.Equal() || found == 0 {
			t.Errorf("%s: %d: %+v", name, found, c.Differences)
		}
	}
}

// TestProbe: a unicast request for a hardware address and its reply, which only confirm an entry,
// may be missing, of ARP and of neighbor discovery.
func TestProbe(t *testing.T) {
	for name, asks := range map[string]int{"flask-demo": 4, "published-ipv6": 4} { // host asks for flask
		other := recorded(t, name, "")
		for id := asks; id < asks+2; id++ { // now flask asks host
			j := *other.Journey(id)
			if !j.Hops[0].Packet.Resolves() {
				t.Fatalf("%s: packet %d is %s", name, id, j.Summary)
			}
			j.ID, j.Hops = len(other.Journeys)+id, slices.Clone(j.Hops)
			for i := range j.Hops {
				p := &j.Hops[i].Packet
				ends := p.Parties()
				p.DstMAC, p.ARP.Sender, p.ARP.Target = trace.MAC{2, 0x42, 1}, p.ARP.Target, p.ARP.Sender
				if p.ICMP.Target.IsValid() {
					p.ICMP.Target = ends.Source.Addr()
					if p.Src, p.Dst = ends.Destination, ends.Source; !p.Asks() {
						p.Src, p.Dst = p.Dst, p.Src
					}
				}
			}
			other.Journeys = append(other.Journeys, j)
		}
		c := compare.Traces(recorded(t, name, ""), other)
		if !c.Equal() || !c.Packets[len(c.Packets)-1].Incidental {
			t.Errorf("%s: %+v", name, c.Differences)
		}
	}
}

// TestHopLimit: of an IPv6 packet, the hop limit differs, not a TTL.
func TestHopLimit(t *testing.T) {
	whole, other := recorded(t, "published-ipv6", ""), recorded(t, "published-ipv6", "")
	changed := false
	for i := range other.Journey(3).Hops {
		for n := range other.Journey(3).Hops[i].Changes {
			if c := &other.Journey(3).Hops[i].Changes[n]; c.Field == trace.FieldTTL {
				c.To, changed = trace.TTL(60), true
			}
		}
	}
	c := compare.Traces(whole, other)
	d := c.First()
	if !changed || d == nil || d.Kind != compare.KindChange {
		t.Fatalf("%t, %+v", changed, d)
	}
	w := c.Words(explain.English(), explain.NewSigns(false))
	fact, _ := w.Fact(d, compare.B)
	for _, got := range []string{fact, w.Difference(d)} {
		if !strings.Contains(got, "hlim") || strings.Contains(got, "ttl") {
			t.Errorf("%q", got)
		}
	}
	for i := range other.Journey(3).Hops {
		other.Journey(3).Hops[i].Packet.TTL = 60
	}
	if d := compare.Traces(whole, other).First(); d.Kind == compare.KindSent {
		if fact, _ := w.Fact(d, compare.A); !strings.Contains(fact, "hlim 64") {
			t.Errorf("%q", fact)
		}
	} else {
		t.Errorf("%+v", d)
	}
}
