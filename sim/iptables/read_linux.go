package iptables

import (
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// errChanging tells that the ruleset was not the same all the time.
var errChanging = errors.New("the rules kept changing while they were read")

// Read returns the iptables tables of the calling thread's network namespace,
// whoever made them, with rule handles and counters. Tables come in the order
// raw, mangle, nat, filter, security, chains in that of iptables -S. A table
// without chains is left out; so are tables that are not iptables', whatever
// their rules do.
//
// All chains are asked for at once and all rules at once, and both again if the
// ruleset changed meanwhile, so that what is returned did exist. The raw
// messages are decoded here, because the nftables package drops expressions it
// does not know without a word.
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

// readOnce reads the kernel's count of transactions before and after. The
// dumps have a mark of their own for being interrupted, but on the final
// message, which the netlink package keeps to itself.
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

// request asks for something of the IPv4 family, with netlink.Dump for
// everything of a kind. It returns the bodies of the answers.
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
