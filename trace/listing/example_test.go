package listing_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tracer/trace"
	"tracer/trace/listing"
)

// host has one rule.
func host() *trace.Node {
	anything := trace.Columns{Target: "DOCKER", Protocol: "all", Options: "--", In: "*", Out: "*", Source: "0.0.0.0/0", Destination: "0.0.0.0/0"}
	return &trace.Node{Name: "host", Rules: []trace.Table{{Name: "nat", Chains: []trace.Chain{
		{Name: "DOCKER"},
		{Name: "OUTPUT", Policy: "ACCEPT", Counted: &trace.Count{Packets: 2387, Bytes: 151_234}, Rules: []trace.Rule{{Text: "-j DOCKER", Packets: 1, Bytes: 60, Columns: anything}}},
	}}}}
}

func ExampleLines() {
	for _, command := range []string{"iptables -t nat -S", "iptables -t nat -nvL OUTPUT", "iptables -t nat -nL DOCKER"} {
		lines, err := listing.Lines(host(), strings.Fields(command))
		if err != nil {
			fmt.Println(err)
		}
		fmt.Println(strings.Join(lines, "\n"))
	}
	// Output:
	// -P PREROUTING ACCEPT
	// -P INPUT ACCEPT
	// -P OUTPUT ACCEPT
	// -P POSTROUTING ACCEPT
	// -N DOCKER
	// -A OUTPUT -j DOCKER
	// Chain OUTPUT (policy ACCEPT 2387 packets, 151K bytes)
	//  pkts bytes target     prot opt in     out     source               destination
	//     1    60 DOCKER     all  --  *      *       0.0.0.0/0            0.0.0.0/0
	// Chain DOCKER (1 references)
	// target     prot opt source               destination
}

// TestRefused: what is not known is named, and nothing is printed instead.
func TestRefused(t *testing.T) {
	for command, want := range map[string]string{
		"":                               "there is no command",
		"uptime":                         `"uptime" is not a supported command`,
		"iptables":                       "iptables: can only list rules here, with -S or -L",
		"iptables -t nat -F":             `iptables: "-F" is not supported here`,
		"iptables -t":                    "iptables: -t needs a value",
		"iptables -t nut -S":             `iptables: there is no table "nut"; the tables are raw, mangle, nat, filter, security`,
		"iptables -L":                    "iptables: -L without -n would look up names; add -n",
		"iptables -nL -S":                "iptables: -L and -S cannot be combined",
		"iptables -v -S":                 `iptables: "-S with -v" is not supported here`,
		"iptables -t nat -nL DOKER":      `iptables: table nat has no chain "DOKER"; its chains are PREROUTING, INPUT, OUTPUT, POSTROUTING, DOCKER`,
		"ip":                             "ip: needs an object: addr, link or route",
		"ip rule":                        `ip: "rule" is not supported here`,
		"ip -s -s link":                  `ip: "-s twice" is not supported here`,
		"ip -4 link":                     `ip: "link" is not supported here`,
		"ip addr show eth9":              `ip: device "eth9" does not exist`,
		"ip addr show dev":               "ip: dev needs a value",
		"ip addr show dev lo up":         `ip: "up" is not supported here`,
		"ip route get 1.1.1.1":           `ip: "get" is not supported here`,
		"ip route show table x":          `ip: "x" is not a routing table: main, local, default or a number`,
		"docker":                         "docker: needs a command: ps, port, inspect or network",
		"docker run":                     `docker: "run" is not supported here`,
		"docker network":                 `docker: "network" is not supported here`,
		"docker network rm":              `docker: "network rm" is not supported here`,
		"docker port":                    "docker: port needs a name",
		"docker ps -a":                   `docker: "-a" is not supported here`,
		"docker ps":                      "docker: the trace has no Docker Engine on host",
		"iptables --table security -nxL": "",
	} {
		lines, err := listing.Lines(host(), strings.Fields(command))
		if got := fmt.Sprint(err); want != "" && (got != want || lines != nil) || want == "" && err != nil {
			t.Errorf("%s: %q, %s; want %s", command, lines, got, want)
		}
	}
	unknown := host()
	unknown.Rules[0].Chains[1].Rules[0].Columns = trace.Columns{}
	var missing *listing.MissingError
	if _, err := listing.Lines(unknown, strings.Fields("iptables -t nat -nL DOCKER")); !errors.As(err, &missing) || missing.What != listing.MissingColumns {
		t.Errorf("references of rules that are not known: %v", err)
	}
}
