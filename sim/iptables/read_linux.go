package iptables

import (
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// errChanging means that the rules changed while they were being read.
var errChanging = errors.New("the rules kept changing while they were read")

// Read returns the iptables tables of the calling thread's network namespace, with rule
// handles and counters, whichever program created them. Tables are in the order raw,
// mangle, nat, filter, security; chains are in the order of iptables -S. Tables without
// chains, or with other names, are omitted.
//
// Read dumps all chains, then all rules, and starts over if the ruleset has changed in
// between, so the result is a consistent snapshot. It decodes the messages itself
// because package nftables silently drops expressions that it does not know.
func Read() (Ruleset, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return Ruleset{}, fmt.Errorf("read iptables rules: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return Ruleset{}, fmt.Errorf("read iptables rules: %w", err)
	}
	for range attempts {
		rs, err := readOnce(conn)
		if errors.Is(err, errChanging) {
			continue
		}
		if err != nil {
			return Ruleset{}, fmt.Errorf("read iptables rules: %w", err)
		}
		return rs, nil
	}
	return Ruleset{}, fmt.Errorf("read iptables rules: %w", errChanging)
}

// readOnce compares the kernel's transaction count before and after. The kernel also
// marks interrupted dumps, but on the final message, which package netlink does not
// return.
func readOnce(conn *netlink.Conn) (Ruleset, error) {
	before, err := generation(conn)
	if err != nil {
		return Ruleset{}, err
	}
	chains, err := request(conn, unix.NFT_MSG_GETCHAIN, netlink.Dump)
	if err != nil {
		return Ruleset{}, err
	}
	rules, err := request(conn, unix.NFT_MSG_GETRULE, netlink.Dump)
	if err != nil {
		return Ruleset{}, err
	}
	after, err := generation(conn)
	if err != nil {
		return Ruleset{}, err
	}
	if before != after {
		return Ruleset{}, errChanging
	}
	return assemble(chains, rules)
}

func generation(conn *netlink.Conn) (uint32, error) {
	bodies, err := request(conn, unix.NFT_MSG_GETGEN, 0)
	if err != nil {
		return 0, err
	}
	if len(bodies) != 1 {
		return 0, fmt.Errorf("%d answers to the request for the generation", len(bodies))
	}
	return decodeGeneration(bodies[0])
}

// request sends a request for IPv4 objects and returns the bodies of the answers. With
// netlink.Dump it requests all objects of a kind.
func request(conn *netlink.Conn, message netlink.HeaderType, flags netlink.HeaderFlags) ([][]byte, error) {
	messages, err := conn.Execute(netlink.Message{
		Header: netlink.Header{
			Type:  unix.NFNL_SUBSYS_NFTABLES<<8 | message,
			Flags: netlink.Request | flags,
		},
		Data: []byte{unix.NFPROTO_IPV4, unix.NFNETLINK_V0, 0, 0},
	})
	if errors.Is(err, unix.EINTR) {
		return nil, errChanging
	}
	if err != nil {
		return nil, err
	}
	bodies := make([][]byte, 0, len(messages))
	for _, m := range messages {
		if m.Header.Flags&netlink.DumpInterrupted != 0 {
			return nil, errChanging
		}
		bodies = append(bodies, m.Data)
	}
	return bodies, nil
}
