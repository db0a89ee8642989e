package nftrace_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// addNAT adds a nat rule, which switches on connection tracking. No packet matches it.
func addNAT(t *testing.T) {
	t.Helper()
	c, err := nftables.New()
	if err != nil {
		t.Error(err)
		return
	}
	table := c.AddTable(&nftables.Table{Name: "nat", Family: nftables.TableFamilyIPv4})
	chain := c.AddChain(&nftables.Chain{
		Name: "POSTROUTING", Table: table,
		Type: nftables.ChainTypeNAT, Hooknum: nftables.ChainHookPostrouting, Priority: nftables.ChainPriorityNATSource,
	})
	c.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: []expr.Any{
		&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{unix.IPPROTO_SCTP}},
		&expr.Masq{},
	}})
	if err := c.Flush(); err != nil {
		t.Error(err)
	}
}

// namesEntries reports whether this kernel's rule trace names conntrack entries, which
// it does since Linux 6.16.
func namesEntries(t *testing.T) bool {
	t.Helper()
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitN(unix.ByteSliceToString(u.Release[:]), ".", 3)
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(strings.FieldsFunc(parts[1], func(r rune) bool { return r < '0' || r > '9' })[0])
	if err1 != nil || err2 != nil {
		t.Fatalf("release %v", parts)
	}
	return major > 6 || major == 6 && minor >= 16
}

// TestConntrackInTrace: the trace names the same entry as the event, with the packet's
// direction and state.
func TestConntrackInTrace(t *testing.T) {
	messages, events := record(t, nftrace.Default(), 2)
	if len(events) == 0 || events[0].Kind != conntrack.New {
		t.Fatalf("events %+v", events)
	}
	id := events[0].ID
	var states []string
	for _, m := range messages {
		if m.Conntrack == nil {
			continue
		}
		if m.Conntrack.ID != id || m.Conntrack.Direction != trace.Original {
			t.Errorf("%s: %+v, the entry is %d", m.Chain, m.Conntrack, id)
		}
		if m.Chain == "seen-output" && len(m.Network) > 0 {
			states = append(states, m.Conntrack.State.String())
		}
	}
	switch {
	case !namesEntries(t):
		if states != nil {
			t.Errorf("states %v from a kernel before 6.16", states)
		}
	case !slices.Equal(states, []string{"new", "new"}): // nothing was answered
		t.Errorf("states %v", states)
	}
}

// TestEntryAsListed compares ids and text with conntrack -L.
func TestEntryAsListed(t *testing.T) {
	path := labtest.Peer(t, "conntrack")
	inNamespace(t, func() {
		addNAT(t)
		r, err := conntrack.Listen()
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		traffic(t, 1)
		listed, err := exec.Command(path, "-L", "-o", "id").Output()
		if err != nil {
			t.Errorf("conntrack: %v", err)
		}
		r.Stop()
		if err := r.Run(func(e conntrack.Event) {
			if e.Kind != conntrack.New {
				return
			}
			for _, want := range []string{e.Original.String(), e.Reply.String(), fmt.Sprintf("id=%d\n", e.ID)} {
				if !strings.Contains(string(listed), want) {
					t.Errorf("%q is not in %q", want, listed)
				}
			}
			fields := strings.Fields(string(listed))
			// The line begins with the protocol, its number and the timeout: udp 17 29 src=…
			text := fields[0] + " " + strings.Join(slices.DeleteFunc(fields[3:], func(f string) bool {
				return strings.HasPrefix(f, "mark=") || strings.HasPrefix(f, "use=") || strings.HasPrefix(f, "id=")
			}), " ")
			if e.String() != text {
				t.Errorf("%q, conntrack says %q", e.String(), text)
			}
		}); err != nil {
			t.Error(err)
		}
	})
}

// TestTrackingStaysOff: a probe does not switch on connection tracking until TraceFirst.
func TestTrackingStaysOff(t *testing.T) {
	inNamespace(t, func() {
		probe, err := nftrace.Install(nftrace.Default())
		if err != nil {
			t.Error(err)
			return
		}
		defer probe.Close()
		for _, tracked := range []bool{false, true} {
			if tracked {
				if err := errors.Join(probe.TraceFirst(nftrace.FamilyIPv4), probe.TraceFirst(nftrace.FamilyIPv4)); err != nil {
					t.Error(err)
				}
			}
			r, err := nftrace.Listen()
			if err != nil {
				t.Error(err)
				return
			}
			traffic(t, 1)
			list, err := conntrack.List()
			if err != nil || len(list) > 0 != tracked {
				t.Errorf("after TraceFirst %v: entries %v, %v", tracked, list, err)
			}
			r.Stop()
			first := false
			if err := r.Run(func(m nftrace.Message) { first = first || m.Chain == "new-output" }); err != nil || first != tracked {
				t.Errorf("after TraceFirst %v: chain for first packets %v, %v", tracked, first, err)
			}
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestListed: a connection that is older than the listener is listed; the kernel sends no
// events about it.
func TestListed(t *testing.T) {
	inNamespace(t, func() {
		if err := os.WriteFile("/proc/sys/net/netfilter/nf_conntrack_timestamp", []byte("1"), 0); err != nil {
			t.Error(err)
		}
		addNAT(t)
		traffic(t, 1)
		r, err := conntrack.Listen()
		if err != nil {
			t.Error(err)
			return
		}
		defer r.Close()
		list, err := conntrack.List()
		if err != nil || len(list) != 1 || list[0].Original.Protocol != unix.IPPROTO_UDP || list[0].ID == 0 ||
			list[0].Status&conntrack.Confirmed == 0 || time.Since(list[0].Started).Abs() > time.Minute {
			t.Errorf("%+v, %v", list, err)
		}
		traffic(t, 1)
		r.Stop()
		if err := r.Run(func(e conntrack.Event) {
			if e.ID == list[0].ID {
				t.Errorf("%s of the old connection", e.Kind)
			}
		}); err != nil {
			t.Error(err)
		}
		if list, err = conntrack.List(); err != nil || len(list) != 2 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
