package traffic

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// echoWait is how long Ping waits for an answer.
const echoWait = time.Second

// Pinger sends ICMP echo requests.
type Pinger struct {
	conn net.PacketConn
}

// NewPinger opens a raw socket, which needs CAP_NET_RAW. Ping sockets need no
// capability, but are forbidden in a new namespace (net.ipv4.ping_group_range).
func NewPinger(ns Namespace) (*Pinger, error) {
	p := new(Pinger)
	err := ns.Do(func() (err error) {
		p.conn, err = net.ListenPacket("ip4:icmp", "0.0.0.0")
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Ping sends count echo requests with an identifier. Each follows the answer to the
// previous one, or a timeout of one second. It returns how many were sent and how many
// were answered.
func (p *Pinger) Ping(ctx context.Context, to netip.Addr, id uint16, count int) (sent, echoed int, err error) {
	for seq := range count {
		if _, err := p.conn.WriteTo(echoRequest(id, uint16(seq+1)), &net.IPAddr{IP: to.AsSlice()}); err != nil {
			return sent, echoed, err
		}
		sent++
		ok, err := p.await(ctx, to, id, uint16(seq+1))
		if err != nil {
			return sent, echoed, err
		}
		if ok {
			echoed++
		}
	}
	return sent, echoed, nil
}

// Close closes the socket.
func (p *Pinger) Close() error { return p.conn.Close() }

// await waits for the answer to one echo request.
func (p *Pinger) await(ctx context.Context, from netip.Addr, id, seq uint16) (bool, error) {
	waiting, cancel := context.WithTimeout(ctx, echoWait)
	defer cancel()
	stop := interruptible(waiting, p.conn)
	defer stop()
	b := make([]byte, maxDatagram)
	for {
		n, sender, err := p.conn.ReadFrom(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false, ctx.Err()
		}
		if err != nil {
			return false, err
		}
		if sender.String() == from.String() && isEchoReply(b[:n], id, seq) {
			return true, nil
		}
	}
}
