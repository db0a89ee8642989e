package traffic

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net/netip"
	"time"
)

// NameServer is a DNS server, and the namespace from which it is asked.
type NameServer struct {
	From    Namespace
	Address netip.Addr
}

// The shape of a DNS message (RFC 1035, 4.1.1).
const (
	dnsHeader      = 12 // bytes
	serverFailure  = 2  // response codes
	refused        = 5
	dnsExternal    = 4 * time.Second // for a server's reply
	dnsMaxForwards = 3               // servers asked for one query
)

// forward asks servers, one after the other, until one replies with anything but a failure. It
// returns the last reply, or nil if there was none.
func forward(ctx context.Context, servers []NameServer, query []byte, exchange exchange) (reply []byte) {
	for _, s := range servers[:min(len(servers), dnsMaxForwards)] {
		limited, cancel := context.WithTimeout(ctx, dnsExternal)
		got, err := exchange(limited, s, query)
		cancel()
		if err != nil {
			continue
		}
		reply = got
		if code := got[3] & 0xf; code != serverFailure && code != refused {
			break
		}
	}
	return reply
}

// exchange sends a query and returns the reply, which has a header.
type exchange func(ctx context.Context, to NameServer, query []byte) ([]byte, error)

// exchangeDatagrams is the [exchange] over UDP.
func exchangeDatagrams(ctx context.Context, to NameServer, query []byte) ([]byte, error) {
	conn, err := dialUDP(to.From, Socket{}, netip.AddrPortFrom(to.Address, dnsPort))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if _, err := conn.Write(query); err != nil {
		return nil, err
	}
	for {
		reply, err := receive(ctx, conn)
		if err != nil {
			return nil, err
		}
		if len(reply) >= dnsHeader && bytes.Equal(reply[:2], query[:2]) { // the identifier
			return reply, nil
		}
	}
}

// exchangeStream is the [exchange] over TCP.
func exchangeStream(ctx context.Context, to NameServer, query []byte) ([]byte, error) {
	conn, err := connect(ctx, to.From, Socket{}, netip.AddrPortFrom(to.Address, dnsPort))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer interruptible(ctx, conn)()
	if err := writeMessage(conn, query); err != nil {
		return nil, err
	}
	reply, err := readMessage(conn)
	if err == nil && len(reply) < dnsHeader {
		err = io.ErrUnexpectedEOF
	}
	return reply, err
}

// writeMessage writes a DNS message to a stream, where its length precedes it (RFC 1035, 4.2.2).
func writeMessage(w io.Writer, message []byte) error {
	_, err := w.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...))
	return err
}

func readMessage(r io.Reader) ([]byte, error) {
	var size [2]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return nil, err
	}
	message := make([]byte, binary.BigEndian.Uint16(size[:]))
	_, err := io.ReadFull(r, message)
	return message, err
}
