package nflink

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// ErrChanging means that the rules changed while they were being read.
var ErrChanging = errors.New("the rules kept changing while they were read")

// Attempts is how many times a request is tried while other programs change the rules.
const Attempts = 10

// Dial opens a socket in the calling thread's namespace.
func Dial() (*netlink.Conn, error) {
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, nil)
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// Consistent calls read until the rules do not change meanwhile: it compares the kernel's
// transaction count before and after. The kernel also marks interrupted dumps, but on the
// final message, which package netlink does not return.
func Consistent(conn *netlink.Conn, read func(generation uint32) error) error {
	for range Attempts {
		before, err := Generation(conn)
		if err == nil {
			err = read(before)
		}
		var after uint32
		if err == nil {
			after, err = Generation(conn)
		}
		if err == nil && before == after {
			return nil
		}
		if err != nil && !errors.Is(err, ErrChanging) {
			return err
		}
	}
	return ErrChanging
}

// Generation returns the number of transactions so far.
func Generation(conn *netlink.Conn) (uint32, error) {
	bodies, err := Request(conn, unix.NFPROTO_UNSPEC, unix.NFT_MSG_GETGEN, 0)
	if err != nil {
		return 0, err
	}
	if len(bodies) != 1 {
		return 0, fmt.Errorf("%d answers to the request for the generation", len(bodies))
	}
	return decodeGeneration(bodies[0])
}

// decodeGeneration decodes NFT_MSG_NEWGEN: struct nfgenmsg, then NFTA_GEN_ID, which the
// kernel puts first.
func decodeGeneration(b []byte) (uint32, error) {
	const header, size = 4, 8
	if len(b) < header+size || binary.NativeEndian.Uint16(b[header:]) != size || binary.NativeEndian.Uint16(b[header+2:]) != unix.NFTA_GEN_ID {
		return 0, errors.New("malformed answer to the request for the generation")
	}
	return binary.BigEndian.Uint32(b[header+4:]), nil
}

// Request sends a request for objects of a family and returns the bodies of the answers,
// which begin with a struct nfgenmsg. With netlink.Dump it requests all objects of a kind.
func Request(conn *netlink.Conn, family byte, message netlink.HeaderType, flags netlink.HeaderFlags, attributes ...[]byte) ([][]byte, error) {
	messages, err := conn.Execute(newMessage(unix.NFNL_SUBSYS_NFTABLES<<8|message, flags, family, 0, attributes...))
	if errors.Is(err, unix.EINTR) {
		return nil, ErrChanging
	}
	if err != nil {
		return nil, err
	}
	bodies := make([][]byte, 0, len(messages))
	for _, m := range messages {
		if m.Header.Flags&netlink.DumpInterrupted != 0 {
			return nil, ErrChanging
		}
		bodies = append(bodies, m.Data)
	}
	return bodies, nil
}
