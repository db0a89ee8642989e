package sim

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// echoWait is how long the answer to an echo request is waited for.
const echoWait = time.Second

// echoPayload is as much as ping(8) sends.
const echoPayload = 56

// ping sends ICMP echo requests, each after the answer to the one before. It
// uses a raw socket: ping sockets are forbidden in a new namespace
// (net.ipv4.ping_group_range).
func (l *Lab) ping(ctx context.Context, r Request) (got Response) {
	id := r.ID
	if id == 0 {
		id = 1
	}
	var conn net.PacketConn
	err := l.Do(r.From, func() (err error) {
		conn, err = net.ListenPacket("ip4:icmp", "0.0.0.0")
		return err
	})
	if err != nil {
		return Response{Err: privilege(err)}
	}
	defer conn.Close()
	for seq := range max(1, r.Count) {
		if _, err := conn.WriteTo(echoRequest(id, uint16(seq+1)), &net.IPAddr{IP: r.Ping.AsSlice()}); err != nil {
			got.Err = err
			return got
		}
		got.Sent++
		echoed, err := awaitEcho(ctx, conn, r.Ping, id, uint16(seq+1))
		if err != nil {
			got.Err = err
			return got
		}
		if echoed {
			got.Echoed++
		}
	}
	return got
}

// awaitEcho waits for the answer to one echo request.
func awaitEcho(ctx context.Context, conn net.PacketConn, from netip.Addr, id, seq uint16) (bool, error) {
	waiting, cancel := context.WithTimeout(ctx, echoWait)
	defer cancel()
	stop := interruptible(waiting, conn)
	defer stop()
	b := make([]byte, maxDatagram)
	for {
		n, sender, err := conn.ReadFrom(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return false, ctx.Err()
		}
		if err != nil {
			return false, err
		}
		const echoReply, header = 0, 8
		if n >= header && b[0] == echoReply && sender.String() == from.String() &&
			binary.BigEndian.Uint16(b[4:]) == id && binary.BigEndian.Uint16(b[6:]) == seq {
			return true, nil
		}
	}
}

// echoRequest is an ICMP echo request (RFC 792).
func echoRequest(id, seq uint16) []byte {
	b := make([]byte, 8+echoPayload)
	b[0] = 8
	binary.BigEndian.PutUint16(b[4:], id)
	binary.BigEndian.PutUint16(b[6:], seq)
	for i := range echoPayload {
		b[8+i] = byte(i)
	}
	var sum uint32 // RFC 1071
	for i := 0; i < len(b); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(b[i:]))
	}
	sum = sum&0xffff + sum>>16
	binary.BigEndian.PutUint16(b[2:], ^uint16(sum+sum>>16))
	return b
}
