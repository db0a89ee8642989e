package iptables

import (
	"reflect"
	"strings"
	"testing"
)

// TestParseRule: a rule's text parses to the same rule.
func TestParseRule(t *testing.T) {
	for _, c := range cases() {
		got, err := ParseRule(c.text)
		if err != nil || !reflect.DeepEqual(got, c.rule) {
			t.Errorf("%s:\n%+v, %v\n%+v", c.text, got, err, c.rule)
		}
	}
	rs := docker()
	for _, table := range rs.Tables {
		for _, line := range table.List() {
			appended, is := strings.CutPrefix(line, "-A ")
			if !is {
				continue
			}
			chain, text, _ := strings.Cut(appended, " ")
			if r, err := ParseRule(text); err != nil || r.Spec(chain) != line {
				t.Errorf("%s: %s, %v", line, r.Spec(chain), err)
			}
		}
	}
}

// TestParseVariants: alternative spellings, and the rules they mean.
func TestParseVariants(t *testing.T) {
	for text, want := range map[string]string{
		"--protocol TCP --dport 80 --jump ACCEPT":                         "-p tcp -m tcp --dport 80 -j ACCEPT",
		"-p udp --source-port 53 ! --destination-port 1:5":                "-p udp -m udp --sport 53 ! --dport 1:5",
		"--source 10.0.0.1 ! --destination 10.0.0.2":                      "-s 10.0.0.1/32 ! -d 10.0.0.2/32",
		"--in-interface eth0 --out-interface eth1":                        "-i eth0 -o eth1",
		"  -i   eth0\t-j  DROP ":                                          "-i eth0 -j DROP",
		"-m conntrack --ctstate related,established -j accept":            "-m conntrack --ctstate RELATED,ESTABLISHED -j accept",
		"--match addrtype --dst-type local -j DOCKER":                     "-m addrtype --dst-type LOCAL -j DOCKER",
		"-j DNAT --to-destination 10.0.0.1 -p tcp":                        "-p tcp -j DNAT --to-destination 10.0.0.1",
		"-p 6 --dport 80":                                                 "-p tcp -m tcp --dport 80",
		"-m addrtype --src-type LOCAL ! --dst-type UNICAST -p tcp -m tcp": "-p tcp -m addrtype --src-type LOCAL ! --dst-type UNICAST -m tcp",
	} {
		if r, err := ParseRule(text); err != nil || r.String() != want {
			t.Errorf("%q: %q, %v", text, r, err)
		}
	}
}

func TestParseMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"-s":                                "-s needs a value",
		"-s ! -d 1.2.3.4":                   "-s needs a value",
		"-s host":                           `-s "host" is not an IPv4 address or prefix`,
		"-s fd00::1":                        "address fd00::1/128 is not an IPv4 prefix",
		"-d 10.0.0.1/8":                     "address 10.0.0.1/8 has host bits set; the prefix is 10.0.0.0/8",
		"-d 0.0.0.0/0":                      "address 0.0.0.0/0 matches every address; omit it",
		"-d 1.2.3.4 -d 1.2.3.5":             "-d is given twice",
		"-i a-name-that-is-long":            "interface name a-name-that-is-long is longer than 15 bytes",
		"-i eth0 -i eth1":                   "-i is given twice",
		"-p tpc":                            `-p "tpc" is not a protocol: use a name such as tcp, udp or icmp, or a number from 1 to 255`,
		"-p tcp -p udp":                     "-p is given twice",
		"--dport 80":                        "--dport needs -p tcp or -p udp before it",
		"! -p tcp --dport 80":               "--dport needs -p tcp or -p udp before it",
		"-p tcp --dprot 80":                 "unknown option --dprot; the options are -s, -d, -i, -o, -p, -f, -m, -j and -g",
		"-p tcp -m tcp --dprot 80":          "unknown option --dprot; the options of -m tcp are --sport, --dport, --syn, --tcp-flags, --tcp-option",
		"-p tcp --dport http":               `--dport "http" is not a port from 1 to 65535, or a range such as 80:90`,
		"-p tcp --dport 70000":              `--dport "70000" is not a port from 1 to 65535, or a range such as 80:90`,
		"-p tcp --dport 90:80":              "port range 90:80 is in the wrong order",
		"-p udp -m tcp --dport 80":          "-m tcp needs -p tcp",
		"-m conntrack --ctstate FRESH":      `--ctstate "FRESH" is not one of INVALID,NEW,RELATED,ESTABLISHED,UNTRACKED,SNAT,DNAT`,
		"-m conntrack":                      "conntrack names no condition",
		"-m state --ctstate NEW":            "unknown option --ctstate; the options of -m state are --state",
		"-m addrtype --dst-type HERE":       `--dst-type "HERE" is not one of UNSPEC,UNICAST,LOCAL,BROADCAST,ANYCAST,MULTICAST,BLACKHOLE,UNREACHABLE,PROHIBIT,THROW,NAT,XRESOLVE`,
		"-m bpf --bytecode x":               "-m bpf is not supported; the supported matches are tcp, udp, icmp, addrtype, comment, connmark, conntrack, dscp, iprange, length, limit, mac, mark, multiport, owner, pkttype, recent, state, statistic, string, tcpmss, tos, ttl",
		"-j NFLOG":                          "-j NFLOG is not supported; the targets are ACCEPT, DROP, RETURN, CONNMARK, DNAT, DSCP, LOG, MARK, MASQUERADE, NETMAP, REDIRECT, REJECT, SNAT, TCPMSS, TOS, TTL and chains",
		"-j SNAT --to-destination 1.2.3.4":  "unknown option --to-destination; the options of -j SNAT are --to-source, --random, --random-fully, --persistent",
		"-j ACCEPT -j DROP":                 "-j is given twice",
		"-j DNAT":                           "DNAT needs --to-destination",
		"-j DNAT --to-destination a:1":      `--to-destination "a:1" is not ADDRESS, ADDRESS:PORT or :PORT, of which either may be a range`,
		"-j DNAT --to-destination :80":      "DNAT to a port needs -p tcp, udp, sctp or dccp",
		"-g DROP":                           "-g DROP: only a chain can be gone to",
		"! -j ACCEPT":                       `"!" before -j, which cannot be negated`,
		"! ! -i eth0":                       `"!" twice in a row`,
		"-i eth0 !":                         `"!" at the end of the rule`,
		"eth0":                              `"eth0" is not an option; the options are -s, -d, -i, -o, -p, -f, -m, -j and -g`,
		"-p icmp [match icmp rev 0]":        `"[match" is not an option; the options are -s, -d, -i, -o, -p, -f, -m, -j and -g`,
		"-m mark":                           "-m mark needs --mark",
		"-j MARK":                           "-j MARK needs one of --set-xmark, --set-mark, --and-mark, --or-mark, --xor-mark",
		"-j TTL --ttl-set 1 --ttl-inc 1":    "-j TTL takes only one of --ttl-set and --ttl-inc",
		"-m ttl --ttl 1 --ttl-eq 2":         "--ttl-eq is given twice",
		"-m comment --comment 'a b":         "unclosed quote",
		"-j REJECT --reject-with tcp-reset": "REJECT --reject-with tcp-reset needs -p tcp",
		"-m multiport --dports 80":          "-m multiport needs -p tcp, udp, udplite, sctp or dccp",
		"--mark 1":                          "--mark needs -m connmark or -m mark before it",
		"-A INPUT -j ACCEPT":                "unknown option -A; the options are -s, -d, -i, -o, -p, -f, -m, -j and -g",
	} {
		if _, err := ParseRule(text); err == nil || err.Error() != want {
			t.Errorf("%q:\n%v, want\n%s", text, err, want)
		}
	}
}

// FuzzParseRule: the text of any parsed rule parses to the same rule.
func FuzzParseRule(f *testing.F) {
	for _, c := range cases() {
		f.Add(c.text)
	}
	f.Add("! -p 253 -m conntrack --ctstate NEW -j X")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRule(text)
		if err != nil {
			return
		}
		again, err := ParseRule(r.String())
		if err != nil || again.String() != r.String() {
			t.Errorf("%q prints %q, which reads as %q, %v", text, r, again, err)
		}
	})
}
