package listing

import (
	"fmt"
	"slices"
	"strings"

	"tracer/trace"
)

// Lines returns what a command would print on a node, line by line, without blanks at their
// ends. The error is an [*UnknownError], a [*MissingError], or what the command itself would
// complain about.
func Lines(n *trace.Node, command []string) ([]string, error) {
	if len(command) == 0 {
		return nil, &UnknownError{}
	}
	for _, p := range programs() {
		if p.name != command[0] {
			continue
		}
		if !known(n) {
			return nil, &MissingError{n.Name, MissingState}
		}
		lines, err := p.print(n, command[1:])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		for i, line := range lines {
			lines[i] = strings.TrimRight(line, " \t")
		}
		return lines, nil
	}
	return nil, &UnknownError{Command: command[0]}
}

// known reports whether the node's state was read. Nodes of captures have only names.
func known(n *trace.Node) bool {
	return n.Rules != nil || n.Engine != nil || slices.ContainsFunc(n.Interfaces, func(i trace.Interface) bool { return i.Kind != "capture" })
}

// program is a tool whose output is supported.
type program struct {
	name  string
	print func(n *trace.Node, args []string) ([]string, error)
	forms []string
}

func programs() []program {
	return []program{
		{"iptables", iptables, []string{
			"iptables [-t TABLE] -S [CHAIN]",
			"iptables [-t TABLE] -L [CHAIN] -n [-v] [-x] [--line-numbers]",
		}},
		{"ip6tables", ip6tables, []string{
			"ip6tables [-t TABLE] -S [CHAIN]",
			"ip6tables [-t TABLE] -L [CHAIN] -n [-v] [-x] [--line-numbers]",
		}},
		{"nft", nftables, []string{
			"nft [-s] list ruleset",
			"nft [-s] list table FAMILY TABLE",
			"nft [-s] list chain FAMILY TABLE CHAIN",
		}},
		{"ip", ip, []string{
			"ip [-4|-6] [-s] addr [show [dev] INTERFACE]",
			"ip [-s] link [show [dev] INTERFACE]",
			"ip [-6] route [show [table TABLE]]",
		}},
		{"bridge", bridge, []string{"bridge fdb [show] [br BRIDGE] [dev INTERFACE]"}},
		{"cat", cat, []string{"cat /etc/resolv.conf"}},
		{"docker", docker, []string{
			"docker ps",
			"docker port CONTAINER",
			"docker inspect CONTAINER|NETWORK",
			"docker network ls",
			"docker network inspect NETWORK",
		}},
	}
}

// Commands returns the commands of a tool that Lines knows, each with its options; those of
// all tools if the name is empty.
func Commands(tool string) (list []string) {
	for _, p := range programs() {
		if tool == "" || tool == p.name {
			list = append(list, p.forms...)
		}
	}
	return list
}

// Programs returns the names of the tools.
func Programs() (list []string) {
	for _, p := range programs() {
		list = append(list, p.name)
	}
	return list
}

// UnknownError means that a command, or a part of it, is not one that Lines knows.
type UnknownError struct {
	Command string // empty: none was given
	Part    string // the argument that is not known; empty: the command itself
}

func (e *UnknownError) Error() string {
	switch {
	case e.Command == "":
		return "there is no command"
	case e.Part == "":
		return fmt.Sprintf("%q is not a supported command", e.Command)
	}
	return fmt.Sprintf("%q is not supported here", e.Part)
}

// MissingError means that the trace lacks what a listing would show.
type MissingError struct {
	Node string
	What Missing
}

// Missing is what a trace can lack.
type Missing uint8

// The facts that a trace can lack.
const (
	MissingColumns    Missing = iota + 1 // the rules as iptables -L shows them
	MissingLinks                         // flags, queues and counters of interfaces, labels of addresses
	MissingFDB                           // the forwarding databases of bridges
	MissingEngine                        // what Docker knows
	MissingResolvConf                    // /etc/resolv.conf
	MissingSyntax                        // the rules of iptables in the form of nft
	MissingSets                          // all of a table of nftables
	MissingState                         // everything: the trace is of captures
)

func (e *MissingError) Error() string {
	switch e.What {
	case MissingColumns:
		return fmt.Sprintf("the trace does not have the rules of %s in the form of iptables -L", e.Node)
	case MissingLinks:
		return fmt.Sprintf("the trace does not have the flags and counters of the interfaces of %s", e.Node)
	case MissingFDB:
		return fmt.Sprintf("the trace does not have the forwarding databases of %s", e.Node)
	case MissingResolvConf:
		return fmt.Sprintf("the trace does not have the name servers of %s", e.Node)
	case MissingSyntax:
		return fmt.Sprintf("the trace does not have the iptables rules of %s in the form of nft; list its other tables one by one", e.Node)
	case MissingSets:
		return fmt.Sprintf("the trace does not have everything in this table of %s", e.Node)
	case MissingEngine:
		return fmt.Sprintf("the trace has no Docker Engine on %s", e.Node)
	}
	return fmt.Sprintf("the trace does not have the state of %s", e.Node)
}
