package iptables

import (
	"errors"
	"net"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"tracer/sim/internal/nflink"
	"tracer/sim/labtest"
)

func read(t testing.TB, ns namespace) Ruleset {
	t.Helper()
	rs, err := ns.read()
	if err != nil {
		t.Fatal(err)
	}
	return rs
}

// Rules that a user adds with the iptables command are read as iptables prints them.
func TestReadWhatIptablesWrote(t *testing.T) {
	ns := newNamespace(t)
	ns.sh(t, script("nat", dockerNat()[4:])+script("filter", dockerFilter()[1:]))
	for _, name := range []string{"zeta", "Alpha", "a_b", "a-b", "aB", "#x", "DOCKER_X"} {
		ns.run(t, "", "iptables", "-N", name)
	}
	ns.run(t, "", "iptables", "-t", "nat", "-N", "SOURCES") // unreachable, so the kernel accepts any target
	var want []string
	for _, c := range cases() {
		table, chain := "filter", "DOCKER"
		switch c.rule.Target.(type) {
		case DNAT:
			table = "nat"
		case SNAT:
			table, chain = "nat", "SOURCES"
		}
		ns.run(t, "", "iptables", append([]string{"-t", table, "-A", chain}, strings.Fields(c.text)...)...)
		want = append(want, c.text)
	}
	rs := read(t, ns)
	var got []string
	for i := range rs.Tables {
		table := &rs.Tables[i]
		if list, real := table.List(), ns.iptablesS(t, table.Name); !slices.Equal(list, real) {
			t.Errorf("%s:\n%s\niptables prints\n%s", table.Name, strings.Join(list, "\n"), strings.Join(real, "\n"))
		}
		for _, chain := range table.Chains {
			for _, r := range chain.Rules {
				got = append(got, r.String())
				if !understood(r) || r.Handle == 0 {
					t.Errorf("%s: understood %v, handle %d", r, understood(r), r.Handle)
				}
			}
		}
	}
	slices.Sort(got)
	for _, text := range want {
		if _, ok := slices.BinarySearch(got, text); !ok {
			t.Errorf("missing: %s", text)
		}
	}
}

// iptables -S prints missing base chains, so List must do so, too.
func TestReadPartOfATable(t *testing.T) {
	ns := newNamespace(t)
	ns.sh(t, "iptables -P FORWARD DROP\niptables -t mangle -N ONLY\n")
	rs := read(t, ns)
	if len(rs.Tables) != 2 {
		t.Fatalf("tables: %+v", rs.Tables)
	}
	for i := range rs.Tables {
		table := &rs.Tables[i]
		if got, want := table.List(), ns.iptablesS(t, table.Name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", table.Name, got, want)
		}
	}
}

func TestReadOpaque(t *testing.T) {
	for _, c := range []struct{ table, args, want string }{
		{"filter", "-p icmp -m cpu --cpu 1 -j NFLOG", "-p icmp [match cpu rev 0] [log]"},
		{"filter", "-s 10.0.0.0/255.0.255.0", "[payload network+12 4b & 0xff00ff00 == 0x0a000000]"},
		{"filter", "-p tcp --dport 0", "-p tcp [payload transport+2 2b == 0x0000]"},
		{"filter", "-p tcp ! --sport 9 ! --dport 10", "-p tcp [payload transport+0 4b != 0x0009000a]"},
		{"filter", "-i +", ""},
		{"mangle", "-m mark --mark 1 -j CLASSIFY --set-class 1:2", "-m mark --mark 0x1 [target CLASSIFY rev 0]"},
		{"filter", "-m quota --quota 1000 -j ACCEPT", "[match quota rev 0] -j ACCEPT"},
	} {
		t.Run(c.args, func(t *testing.T) {
			ns := newNamespace(t)
			ns.sh(t, "iptables -N U\niptables -t "+c.table+" -N X\niptables -t "+c.table+" -A X "+c.args+"\n")
			rs := read(t, ns)
			r := rs.Table(c.table).Chain("X").Rules[0]
			if got := r.String(); got != c.want {
				t.Errorf("got %s", got)
			}
			if c.want != "" && understood(r) {
				t.Error("passes as understood")
			}
		})
	}
}

// nft can write more than iptables into the same tables.
func TestReadWhatNftWrote(t *testing.T) {
	for _, c := range []struct{ rule, want string }{
		{"iifname lo tcp dport 80 accept", "-i lo -p tcp -m tcp --dport 80 -j ACCEPT"},
		{"oifname lo ip daddr 1.2.3.4 ip saddr 1.2.3.0/25 counter accept", "-s 1.2.3.0/25 -d 1.2.3.4/32 -o lo -j ACCEPT"},
		{"tcp dport >= 80 counter", "-p tcp -m tcp --dport 80:65535"},
		{"tcp dport > 80 counter", "-p tcp -m tcp ! --dport 0:80"},
		{"udp dport 5-6 udp sport 7 counter", "-p udp -m udp --sport 7 --dport 5:6"},
		{"ip protocol tcp counter return", "-p tcp -j RETURN"},
		{"ip protocol tcp tcp dport { 80, 90 } counter continue", "-p tcp [payload transport+2 2b] [lookup] [immediate]"},
		{"ip saddr 1.2.3.4 counter ip daddr 1.2.3.4 counter accept",
			"-s 1.2.3.4/32 -d 1.2.3.4/32 [counter packets 0 bytes 0] -j ACCEPT"},
		{"counter log accept", "[log] -j ACCEPT"},
		{"meta mark set 1 counter", "[immediate] [meta]"},
		{"rt nexthop 1.2.3.4 accept", "[rt] [cmp] -j ACCEPT"},
		{"ct state new accept", "[ct] [bitwise] [cmp] -j ACCEPT"},
		{"fib daddr type local drop", "[fib] [cmp] -j DROP"},
		{"reject", "[reject]"},
		{"ip ttl 5 drop", "[payload network+8 1b == 0x05] -j DROP"},
		{"iifname lo iifname != lo drop", "-i lo [meta iifname != 0x6c6f0000000000000000000000000000] -j DROP"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			ns := newNamespace(t)
			ns.run(t, "table ip filter {\nchain X {\n"+c.rule+"\n}\n}\n", "nft", "-f", "-")
			rs := read(t, ns)
			r := rs.Table("filter").Chain("X").Rules[0]
			if got := r.String(); got != c.want {
				t.Errorf("got %s", got)
			}
			if understood(r) == strings.Contains(c.want, "[") {
				t.Errorf("understood: %v", understood(r))
			}
		})
	}
}

func TestReadForeign(t *testing.T) {
	ns := newNamespace(t)
	ns.run(t, `
add table inet filter
add chain inet filter INPUT { type filter hook input priority 0; }
add table ip other
add chain ip other INPUT { type filter hook input priority 0; }
add table ip raw
add table ip filter
add chain ip filter FORWARD { type filter hook forward priority 7; policy drop; }
add chain ip filter INPUT
add chain ip filter early { type filter hook prerouting priority -350; }
add rule ip filter early meta nftrace set 1
`, "nft", "-f", "-")
	rs := read(t, ns)
	if len(rs.Tables) != 1 {
		t.Fatalf("tables: %+v", rs.Tables)
	}
	want := lines(`
-P INPUT ACCEPT
-P FORWARD ACCEPT
-P OUTPUT ACCEPT
# FORWARD is not an iptables chain: type filter hook forward priority 7
# INPUT is not an iptables chain: no hook calls it
# early is not an iptables chain: type filter hook prerouting priority -350
-A early [immediate] [meta]`)
	if got := rs.Tables[0].List(); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestReadCounters(t *testing.T) {
	ns := newNamespace(t)
	ns.run(t, "", "ip", "link", "set", "lo", "up")
	udp := Protocol{Number: UDP}
	rs := Ruleset{Tables: []Table{{Name: "filter", Chains: []Chain{{Name: "OUTPUT", Policy: Accept, Rules: []Rule{
		{Protocol: udp, Matches: []Match{Ports{Protocol: UDP, Destination: Port(9)}}, Target: Drop},
		{Protocol: udp, Matches: []Match{Ports{Protocol: UDP, Destination: Port(10)}}},
	}}}}}}
	if err := ns.apply(rs); err != nil {
		t.Fatal(err)
	}
	var c net.Conn
	labtest.Do(t, ns.Namespace, func() (err error) {
		c, err = net.Dial("udp", "127.0.0.1:9")
		return err
	})
	defer c.Close()
	for range 3 {
		c.Write([]byte("hello")) // refused and counted by the rule
	}
	got := read(t, ns)
	rules := got.Table("filter").Chain("OUTPUT").Rules
	if r := rules[0]; r.Packets != 3 || r.Bytes != 3*(20+8+5) {
		t.Errorf("%d packets, %d bytes", r.Packets, r.Bytes)
	}
	if r := rules[1]; r.Packets != 0 || r.Bytes != 0 {
		t.Errorf("other rule: %d packets, %d bytes", r.Packets, r.Bytes)
	}
}

// A concurrent reader sees the old ruleset or the new one, never a mixture.
func TestReadWhileWritten(t *testing.T) {
	ns := newNamespace(t)
	other := Ruleset{Tables: []Table{{Name: "nat", Chains: baseOnly("nat")}, {Name: "filter", Chains: baseOnly("filter")}}}
	versions := []Ruleset{docker(), other}
	if err := ns.apply(versions[0]); err != nil {
		t.Fatal(err)
	}
	beside := ns.beside(t)
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
				if err := beside.apply(versions[i%2]); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	for range 100 {
		rs, err := ns.read()
		if errors.Is(err, nflink.ErrChanging) {
			continue
		}
		if err != nil {
			t.Error(err)
			break
		}
		if got := canonical(rs); !reflect.DeepEqual(got, versions[0]) && !reflect.DeepEqual(got, versions[1]) {
			t.Errorf("a mixture: %+v", got)
			break
		}
	}
	close(stop)
	writer.Wait()
}

func baseOnly(table string) []Chain {
	var out []Chain
	for _, b := range baseChains(table) {
		out = append(out, Chain{Name: b.name, Policy: Accept})
	}
	return out
}

func BenchmarkApply(b *testing.B) {
	for name, rs := range map[string]Ruleset{"docker": docker(), "docker+1000": many(1000)} {
		b.Run(name+"/fresh", func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				ns := newNamespace(b)
				b.StartTimer()
				if err := ns.apply(rs); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				ns.Close()
				b.StartTimer()
			}
		})
		b.Run(name+"/again", func(b *testing.B) {
			ns := newNamespace(b)
			for b.Loop() {
				if err := ns.apply(rs); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for name, rs := range map[string]Ruleset{"docker": docker(), "docker+1000": many(1000)} {
		b.Run(name, func(b *testing.B) {
			ns := newNamespace(b)
			if err := ns.apply(rs); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := ns.read(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIptablesRestore measures the same with iptables-restore.
func BenchmarkIptablesRestore(b *testing.B) {
	labtest.Peer(b, "iptables-restore")
	source := newNamespace(b)
	if err := source.apply(docker()); err != nil {
		b.Fatal(err)
	}
	saved := source.run(b, "", "iptables-save")
	for b.Loop() {
		b.StopTimer()
		ns := newNamespace(b)
		b.StartTimer()
		ns.run(b, saved, "iptables-restore")
		b.StopTimer()
		ns.Close()
		b.StartTimer()
	}
}
