package judge

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Request is the traffic of one send line:
//
//	send udp  ADDRESS:PORT [count=1] [size=64] [gap=0] [sport=0] [same=1] [ttl=] [tos=] [df=1] [wait=100]
//	send ping ADDRESS      the same, without sport
//	send tcp  ADDRESS:PORT [size=64] [reply=64] [sport=0] [close=fin|reset|half|never] [tos=] [wait=1000]
//	send raw  ADDRESS:PORT source=ADDRESS [size=64] [count=1]    UDP from an address of one's choice
//
// Every datagram, echo and position of a TCP stream carries a tag of its own, except with
// same=1: those datagrams are equal in every byte, and are only counted.
type Request struct {
	Number int // from 1, in the order of the lines
	From   string
	Kind   string
	To     netip.AddrPort // a ping's port is 0
	Source netip.Addr     // raw

	Count, Size, Reply int
	SourcePort         int
	Gap, Wait          int // milliseconds
	TTL, TOS           int // 0: the kernel's default
	DF, Same           bool
	Close              string
}

// parseRequest reads a send line.
func parseRequest(number int, l Line) (*Request, error) {
	words := l.Words()
	if len(words) < 2 {
		return nil, fmt.Errorf("%q: what is sent where?", l.Text)
	}
	r := &Request{Number: number, From: l.Node, Kind: words[0], Count: 1, Size: 64, Reply: 64, Wait: 100, Close: "fin"}
	if r.Kind == "tcp" {
		r.Wait = 1000
	}
	var err error
	if r.Kind == "ping" {
		var a netip.Addr
		a, err = netip.ParseAddr(words[1])
		r.To = netip.AddrPortFrom(a, 0)
	} else {
		r.To, err = netip.ParseAddrPort(words[1])
	}
	if err != nil {
		return nil, fmt.Errorf("%q: %w", l.Text, err)
	}
	for _, w := range words[2:] {
		if err := r.option(w); err != nil {
			return nil, fmt.Errorf("%q: %s: %w", l.Text, w, err)
		}
	}
	return r, nil
}

func (r *Request) option(word string) (err error) {
	name, value, _ := strings.Cut(word, "=")
	number := func() (n int) {
		n, err = strconv.Atoi(value)
		return n
	}
	switch name {
	case "count":
		r.Count = number()
	case "size":
		r.Size = number()
	case "reply":
		r.Reply = number()
	case "sport":
		r.SourcePort = number()
	case "gap":
		r.Gap = number()
	case "wait":
		r.Wait = number()
	case "ttl":
		r.TTL = number()
	case "tos":
		r.TOS = number()
	case "df":
		r.DF = number() == 1
	case "same":
		r.Same = number() == 1
	case "close":
		r.Close = value
	case "source":
		r.Source, err = netip.ParseAddr(value)
	default:
		err = fmt.Errorf("there is no such option")
	}
	return err
}
