package resolver

import (
	"net/netip"

	"golang.org/x/net/dns/dnsmessage"
)

// ttl is how long answers may be kept, in seconds.
const ttl = 600

// maxUDP is the size in bytes of the largest UDP message that every client accepts (RFC 1035,
// 4.2.1).
const maxUDP = 512

// Transport is how a query came.
type Transport uint8

// The transports.
const (
	UDP Transport = iota
	TCP
)

// Result is what becomes of a query.
type Result struct {
	Reply   []byte // nil: none
	Forward bool   // to another server, whose reply is the answer
}

// Answer answers a query, or says that another server must. shuffle is called with the number
// of addresses found, to change their order, as [math/rand/v2.Shuffle] does. A message that is not a query with one question gets no reply.
func (d *Directory) Answer(message []byte, by Transport, shuffle func(n int, swap func(i, j int))) Result {
	q, ok := parse(message)
	if !ok {
		return Result{}
	}
	limit := q.limit
	if by == TCP {
		limit = 1<<16 - 1 // RFC 1035, 4.2.2
	}
	switch q.Type {
	case dnsmessage.TypeA, dnsmessage.TypeAAAA:
		list := d.Lookup(q.Name.String())
		if len(list) == 0 {
			break
		}
		found := addresses(list, q.Type)
		if found == nil && q.Type == dnsmessage.TypeA {
			break
		}
		shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
		return Result{Reply: q.reply(found, limit)}
	case dnsmessage.TypeMX:
		if d.Lookup(q.Name.String()) != nil {
			return Result{Reply: q.reply(nil, limit)}
		}
	case dnsmessage.TypePTR:
		a, ok := pointee(q.Name.String())
		if !ok {
			break
		}
		if name, err := dnsmessage.NewName(d.Reverse(a) + "."); err == nil && name.Length > 1 {
			return Result{Reply: q.reply([]dnsmessage.ResourceBody{&dnsmessage.PTRResource{PTR: name}}, limit)}
		}
	}
	return Result{Forward: true}
}

// addresses returns the addresses of the type that was asked for.
func addresses(list []netip.Addr, of dnsmessage.Type) (found []dnsmessage.ResourceBody) {
	for _, a := range list {
		switch {
		case a.Is4() && of == dnsmessage.TypeA:
			found = append(found, &dnsmessage.AResource{A: a.As4()})
		case a.Is6() && of == dnsmessage.TypeAAAA:
			found = append(found, &dnsmessage.AAAAResource{AAAA: a.As16()})
		}
	}
	return found
}

// Failure returns the reply to a query that no server could answer, or nil if the message is
// not a query.
func Failure(message []byte) []byte {
	q, ok := parse(message)
	if !ok {
		return nil
	}
	reply, err := q.message(dnsmessage.Header{RCode: dnsmessage.RCodeServerFailure}, nil)
	if err != nil {
		return nil
	}
	return reply
}
