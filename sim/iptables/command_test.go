package iptables

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"tracer/sim/rule"
)

// commands lead to the same rules when given to iptables; see TestDoAsIptables.
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

// commanded returns the rules that the commands create.
func commanded(t *testing.T, commands ...string) Ruleset {
	t.Helper()
	rules, err := Commands(commands...)
	if err != nil {
		t.Fatal(err)
	}
	return rules.(Ruleset)
}

func TestDo(t *testing.T) {
	rs := commanded(t, commands...)
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
	e, err := Edit(docker())
	if err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		"":                             "no command; the commands are -A, -I, -D, -F, -N, -X and -P",
		"-t nta -F":                    `there is no table "nta"; the tables are raw, mangle, nat, filter, security`,
		"-A":                           `-A: there is no chain "" in table filter`,
		"-A DOKCER -j DROP":            `-A: there is no chain "DOKCER" in table filter`,
		"-A FORWARD -j":                "-j needs a value",
		"-I FORWARD 99 -j DROP":        "-I: FORWARD has only 6 rules; 99 is not a valid position",
		"-D FORWARD -j DROP":           "-D: FORWARD has no such rule",
		"-D FORWARD 99":                "-D: FORWARD has only 6 rules; there is no rule 99",
		"-P DOCKER DROP":               "-P: DOCKER is not a base chain, so it has no policy",
		"-P FORWARD REJECT":            "-P FORWARD: the policy must be ACCEPT or DROP",
		"-N DOCKER":                    "-N: chain DOCKER already exists",
		"-X FORWARD":                   "-X: FORWARD is a base chain",
		"-X DOCKER":                    "-X: DOCKER is not empty",
		"-N":                           "-N needs the name of a chain",
		"-F NOWHERE":                   `-F: there is no chain "NOWHERE" in table filter`,
		"-R FORWARD 1 -j DROP":         "unknown command -R; the commands are -A, -I, -D, -F, -N, -X and -P",
		"-t nat -A DOCKER -j SNATX -p": "-p needs a value",
	} {
		if err := e.Do(command); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", command, err, want)
		}
	}
	if got := e.Rules(); !reflect.DeepEqual(got, docker()) {
		t.Errorf("a mistake has changed the rules: %v", got)
	}
}

// TestEdit: an editor does not modify the rules that it was given.
func TestEdit(t *testing.T) {
	var before rule.Rules = docker()
	e, err := Edit(before)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"-I FORWARD -j DROP", "-D DOCKER-USER 1", "-P INPUT DROP", "-t nat -F", "-t raw -A OUTPUT -j ACCEPT"} {
		if err := e.Do(c); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
	}
	if !reflect.DeepEqual(before, rule.Rules(docker())) {
		t.Error("the original has changed")
	}
	after := e.Rules().(Ruleset)
	if got := after.Table("filter").List(); got[0] != "-P INPUT DROP" || !slices.Contains(got, "-A FORWARD -j DROP") || after.Table("raw") == nil {
		t.Errorf("edited:\n%s", strings.Join(got, "\n"))
	}
	if none, err := Commands(); none != nil || err != nil {
		t.Errorf("no commands: %v, %v", none, err)
	}
	if _, err := Edit(foreign{}); err == nil {
		t.Error("rules of another engine can be edited")
	}
}

// foreign holds rules of another engine.
type foreign struct{ rule.Rules }
