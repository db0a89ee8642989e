package iptables

import (
	"slices"
	"strings"
	"testing"
)

// TestDo: the same commands, given to iptables, lead to the same rules; see
// TestDoAsIptables.
var commands = lines(`
-A INPUT -p tcp --dport 22 -j ACCEPT
-A INPUT -j DROP
-I INPUT -i lo -j ACCEPT
-I INPUT 2 -p icmp -j ACCEPT
-P FORWARD DROP
-N LATER
-A FORWARD -j LATER
-A LATER -j RETURN
-t nat -A PREROUTING -d 1.2.3.4 -p tcp --dport 80 -j DNAT --to-destination 10.20.30.40:8080
-t nat -A POSTROUTING -s 192.168.26.12 -j SNAT --to-source 10.127.16.1
-t nat -A POSTROUTING -o eth0 -j MASQUERADE
-t nat -D POSTROUTING -o eth0 -j MASQUERADE
-D INPUT -j DROP
-D INPUT 1
-t mangle -A PREROUTING -j ACCEPT
-t mangle -F
-t raw -A OUTPUT -j ACCEPT
-t raw -F OUTPUT
-N EMPTY
-X EMPTY`)

func TestDo(t *testing.T) {
	var rs Ruleset
	for _, c := range commands {
		if err := rs.Do(c); err != nil {
			t.Errorf("%s: %v", c, err)
		}
	}
	want := lines(`
-P INPUT ACCEPT
-P FORWARD DROP
-P OUTPUT ACCEPT
-N LATER
-A INPUT -p icmp -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A FORWARD -j LATER
-A LATER -j RETURN`)
	if got := rs.Table("filter").List(); !slices.Equal(got, want) {
		t.Errorf("filter:\n%s", strings.Join(got, "\n"))
	}
	if err := rs.Validate(); err != nil {
		t.Error(err)
	}
}

func TestDoMistakes(t *testing.T) {
	rs := docker()
	before := rs.Table("filter").List()
	for command, want := range map[string]string{
		"":                             "no command; there are -A, -I, -D, -F, -N, -X and -P",
		"-t nta -F":                    `there is no table "nta"; the tables are raw, mangle, nat, filter, security`,
		"-A":                           `-A: there is no chain "" in table filter`,
		"-A DOKCER -j DROP":            `-A: there is no chain "DOKCER" in table filter`,
		"-A FORWARD -j":                "-j has no value",
		"-I FORWARD 99 -j DROP":        "-I: FORWARD has 6 rules, so there is no place 99",
		"-D FORWARD -j DROP":           "-D: FORWARD has no such rule",
		"-D FORWARD 99":                `"99" is no option; a rule has -s, -d, -i, -o, -p, -m and -j`,
		"-P DOCKER DROP":               "-P: DOCKER is no base chain, so it has no policy",
		"-P FORWARD REJECT":            "-P FORWARD: want ACCEPT or DROP",
		"-N DOCKER":                    "-N needs the name of a chain that is not there yet",
		"-X FORWARD":                   "-X: FORWARD is a base chain or not empty",
		"-F NOWHERE":                   `-F: there is no chain "NOWHERE" in table filter`,
		"-R FORWARD 1 -j DROP":         "-R is not a command; there are -A, -I, -D, -F, -N, -X and -P",
		"-t nat -A DOCKER -j SNATX -p": "-p has no value",
	} {
		if err := rs.Do(command); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", command, err, want)
		}
	}
	if got := rs.Table("filter").List(); !slices.Equal(got, before) {
		t.Errorf("a mistake has changed the rules:\n%s", strings.Join(got, "\n"))
	}
}
