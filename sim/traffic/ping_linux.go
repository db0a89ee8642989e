package traffic

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// echoWait is how long Ping waits for an answer.
const echoWait = time.Second

// Pinger sends ICMP echo requests.
type Pinger struct {
	conn net.PacketConn
	// receive reads a message from the same socket, with the TTL with which it arrived.
	receive func(b []byte) (n, ttl int, from net.Addr, err error)
	six     bool
}

// EchoRequest describes ICMP echo requests to send.
type EchoRequest struct {
	To    netip.Addr
	ID    uint16 // identifier
	Size  int    // of the data after the ICMP header, in bytes; 0: 56, as ping(8) sends
	Count int    // 0: 1
}

// NewPinger opens a raw socket, which needs CAP_NET_RAW. Ping sockets need no
// capability, but are forbidden in a new namespace (net.ipv4.ping_group_range).
func NewPinger(ctx context.Context, ns Namespace, from Socket, to netip.Addr) (*Pinger, error) {
	of := familyOf(to)
	p := &Pinger{six: to.Is6()}
	err := ns.Do(func() (err error) {
		config := net.ListenConfig{Control: from.control(of)}
		p.conn, err = config.ListenPacket(ctx, map[bool]string{false: "ip4:icmp", true: "ip6:ipv6-icmp"}[p.six], from.source(of).String())
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := p.showTTL(); err != nil {
		return nil, errors.Join(err, p.conn.Close())
	}
	return p, nil
}

// showTTL makes the socket report the TTL, or hop limit, of what it receives.
func (p *Pinger) showTTL() error {
	if p.six {
		c := ipv6.NewPacketConn(p.conn)
		p.receive = func(b []byte) (n, ttl int, from net.Addr, err error) {
			n, about, from, err := c.ReadFrom(b)
			if about != nil {
				ttl = about.HopLimit
			}
			return n, ttl, from, err
		}
		return c.SetControlMessage(ipv6.FlagHopLimit, true)
	}
	c := ipv4.NewPacketConn(p.conn)
	p.receive = func(b []byte) (n, ttl int, from net.Addr, err error) {
		n, about, from, err := c.ReadFrom(b)
		if about != nil {
			ttl = about.TTL
		}
		return n, ttl, from, err
	}
	return c.SetControlMessage(ipv4.FlagTTL, true)
}

// Ping sends echo requests, numbered from 1. Each follows the answer to the previous one, or
// a timeout of one second. It returns how many were sent, and the answers, also if the
// context's deadline prevents the rest.
func (p *Pinger) Ping(ctx context.Context, r EchoRequest) (sent int, replies []EchoReply, err error) {
	for seq := range max(1, r.Count) {
		if end, ok := ctx.Deadline(); ok && seq > 0 && !time.Now().Before(end) {
			return sent, replies, nil
		}
		request := echoRequest(p.six, r.ID, uint16(seq+1), cmp.Or(r.Size, echoPayload))
		began := time.Now()
		if _, err := p.conn.WriteTo(request, &net.IPAddr{IP: r.To.AsSlice()}); err != nil {
			return sent, replies, err
		}
		sent++
		reply, err := p.await(ctx, r.To, r.ID, uint16(seq+1))
		if err != nil {
			return sent, replies, err
		}
		if reply != nil {
			reply.RoundTrip = time.Since(began)
			replies = append(replies, *reply)
		}
	}
	return sent, replies, nil
}

// Close closes the socket.
func (p *Pinger) Close() error { return p.conn.Close() }

// await waits for the answer to one echo request. It returns nil if there is none.
func (p *Pinger) await(ctx context.Context, from netip.Addr, id, seq uint16) (*EchoReply, error) {
	end := time.Now().Add(echoWait)
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(end) {
		end = deadline
	}
	_ = p.conn.SetReadDeadline(end) // fails only on a closed socket, where reading fails, too
	defer context.AfterFunc(ctx, func() { _ = p.conn.SetReadDeadline(time.Unix(1, 0)) })()
	b := make([]byte, maxDatagram)
	for {
		n, ttl, sender, err := p.receive(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			if errors.Is(ctx.Err(), context.Canceled) {
				return nil, ctx.Err()
			}
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if sender.String() == from.String() && isEchoReply(p.six, b[:n], id, seq) {
			return &EchoReply{From: from, Sequence: seq, Bytes: n, TTL: uint8(ttl)}, nil
		}
	}
}
