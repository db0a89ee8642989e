package judge

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Send runs the lines that Build has left, and waits until the traffic has ended.
func (w *World) Send() error {
	var beside sync.WaitGroup
	defer beside.Wait()
	w.log.began = time.Now()
	number := 0
	for _, l := range w.Network.Lines[w.Network.setup():] {
		switch l.Verb() {
		case "send":
			number++
			r, err := parseRequest(number, l)
			if err != nil {
				return err
			}
			if l.Background() {
				beside.Go(func() { w.send(r) })
			} else {
				w.send(r)
			}
		case "pause":
			ms, err := strconv.Atoi(l.Words()[0])
			if err != nil {
				return err
			}
			time.Sleep(time.Duration(ms) * time.Millisecond)
		default:
			if err := w.change(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// send sends a request on a thread of its own. In many networks it is meant to fail.
func (w *World) send(r *Request) {
	ns, err := w.spaces[r.From].Join()
	if err == nil {
		defer ns.Close()
		err = ns.Do(func() error {
			switch r.Kind {
			case "udp":
				return w.sendUDP(r)
			case "ping":
				return w.ping(r)
			case "raw":
				return w.sendRaw(r)
			case "tcp":
				return w.sendTCP(r)
			}
			return fmt.Errorf("%q cannot be sent", r.Kind)
		})
	}
	w.log.answer(fmt.Sprintf("%d: %s %s to %s: %v", r.Number, r.From, r.Kind, r.To, err))
}

// control sets a socket's options before it is bound.
func (r *Request) control(_, _ string, c syscall.RawConn) (err error) {
	e := c.Control(func(fd uintptr) {
		set := func(level, option, value int) {
			err = errors.Join(err, unix.SetsockoptInt(int(fd), level, option, value))
		}
		set(unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		level, ttl, multicast, tos, discover, dont := unix.IPPROTO_IP, unix.IP_TTL, unix.IP_MULTICAST_TTL, unix.IP_TOS, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT
		if r.To.Addr().Is6() {
			level, ttl, multicast, tos, discover, dont = unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, unix.IPV6_MULTICAST_HOPS, unix.IPV6_TCLASS, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_DONT
		}
		if r.TTL != 0 {
			set(level, ttl, r.TTL)
			set(level, multicast, r.TTL)
		}
		if r.TOS != 0 {
			set(level, tos, r.TOS)
		}
		if !r.DF && r.Kind != "tcp" {
			set(level, discover, dont)
		}
	})
	return errors.Join(e, err)
}

func (r *Request) wait() time.Duration { return time.Duration(r.Wait) * time.Millisecond }

// tag returns the tag of the request's n-th datagram.
func (r *Request) tag(n int) Tag {
	if r.Same {
		n = 0
	}
	return Tag{Request: r.Number, Number: n}
}

// each calls send for all datagrams, with the gaps.
func (w *World) each(r *Request, send func(Tag) error) (err error) {
	for n := range r.Count {
		if n > 0 && r.Gap > 0 {
			time.Sleep(time.Duration(r.Gap) * time.Millisecond)
		}
		tag := r.tag(n)
		w.log.send(r.From, tag)
		err = errors.Join(err, send(tag))
	}
	return err
}

func (w *World) sendUDP(r *Request) error {
	config := net.ListenConfig{Control: r.control}
	c, err := config.ListenPacket(context.Background(), "udp"+version(r.To.Addr()), fmt.Sprintf(":%d", r.SourcePort))
	if err != nil {
		return err
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		buffer := make([]byte, 65536)
		for {
			n, _, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			if tag, _, ok := findTag(buffer[:n]); ok {
				w.log.receive(r.From, tag)
			}
		}
	})
	err = w.each(r, func(tag Tag) error {
		_, err := c.WriteTo(tag.fill(r.Size), net.UDPAddrFromAddrPort(r.To))
		return err
	})
	time.Sleep(r.wait())
	err = errors.Join(err, c.Close())
	reading.Wait()
	return err
}

func (w *World) ping(r *Request) error {
	config := net.ListenConfig{Control: r.control}
	network, reply := "ip4:icmp", byte(0)
	if r.To.Addr().Is6() {
		network, reply = "ip6:ipv6-icmp", 129
	}
	c, err := config.ListenPacket(context.Background(), network, "")
	if err != nil {
		return err
	}
	var reading sync.WaitGroup
	reading.Go(func() {
		buffer := make([]byte, 65536)
		for {
			n, _, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			tag, at, ok := findTag(buffer[:n])
			if ok && at == 8 && buffer[0] == reply { // an echo reply
				tag.Answer = true
				w.log.receive(r.From, tag)
			}
		}
	})
	sequence := uint16(0)
	err = w.each(r, func(tag Tag) error {
		sequence++
		b := echo(uint16(1000+r.Number), sequence, tag.fill(r.Size))
		if r.To.Addr().Is6() {
			b[0] = 128 // and the kernel replaces the checksum
		}
		_, err := c.WriteTo(b, &net.IPAddr{IP: r.To.Addr().AsSlice()})
		return err
	})
	time.Sleep(r.wait())
	err = errors.Join(err, c.Close())
	reading.Wait()
	return err
}

// echo returns an ICMP echo request (RFC 792).
func echo(id, sequence uint16, payload []byte) []byte {
	b := append([]byte{8, 0, 0, 0, byte(id >> 8), byte(id), byte(sequence >> 8), byte(sequence)}, payload...)
	binary.BigEndian.PutUint16(b[2:], checksum(b))
	return b
}

// checksum returns the Internet checksum (RFC 1071).
func checksum(b []byte) uint16 {
	var sum uint32
	for i := 0; i+1 < len(b); i += 2 {
		sum += uint32(b[i])<<8 | uint32(b[i+1])
	}
	if len(b)%2 == 1 {
		sum += uint32(b[len(b)-1]) << 8
	}
	for sum>>16 != 0 {
		sum = sum&0xffff + sum>>16
	}
	return ^uint16(sum)
}

// version ends the names of package net's networks.
func version(a netip.Addr) string {
	if a.Is6() {
		return "6"
	}
	return "4"
}

// unspecified is the address of the same family that stands for any.
func unspecified(a netip.Addr) netip.Addr {
	if a.Is6() {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// sendRaw sends datagrams from an address of the request's choice.
func (w *World) sendRaw(r *Request) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	to := unix.SockaddrInet4{Addr: r.To.Addr().As4()}
	err = w.each(r, func(tag Tag) error { return unix.Sendto(fd, r.datagram(tag), 0, &to) })
	time.Sleep(r.wait())
	return err
}

// datagram returns a whole IPv4 packet. The kernel fills in what is 0.
func (r *Request) datagram(tag Tag) []byte {
	from, to := r.Source.As4(), r.To.Addr().As4()
	b := make([]byte, 28, 28+r.Size)
	b[0], b[1], b[8], b[9] = 0x45, byte(r.TOS), 64, unix.IPPROTO_UDP
	if r.TTL != 0 {
		b[8] = byte(r.TTL)
	}
	copy(b[12:], from[:])
	copy(b[16:], to[:])
	binary.BigEndian.PutUint16(b[20:], uint16(r.SourcePort))
	binary.BigEndian.PutUint16(b[22:], r.To.Port())
	binary.BigEndian.PutUint16(b[24:], uint16(8+r.Size)) // no checksum (RFC 768)
	return append(b, tag.fill(r.Size)...)
}

func (w *World) sendTCP(r *Request) error {
	d := net.Dialer{Timeout: r.wait(), Control: r.control}
	d.SetMultipathTCP(false)
	if r.SourcePort != 0 {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(unspecified(r.To.Addr()), uint16(r.SourcePort)))
	}
	conn, err := d.Dial("tcp"+version(r.To.Addr()), r.To.String())
	if err != nil {
		return err
	}
	c := conn.(*net.TCPConn)
	defer c.Close()
	if err := c.SetDeadline(time.Now().Add(r.wait())); err != nil {
		return err
	}
	tag := r.tag(0)
	w.log.send(r.From, tag)
	data := tag.stream(0, max(r.Size, 2*tagLength))
	binary.BigEndian.PutUint32(data[tagLength:], uint32(len(data)))
	binary.BigEndian.PutUint32(data[tagLength+4:], uint32(r.Reply))
	if data[tagLength+8] = 0; r.Close == "half" {
		data[tagLength+8] = 1
	}
	if _, err := c.Write(data); err != nil {
		return err
	}
	if r.Close == "half" {
		if err := c.CloseWrite(); err != nil {
			return err
		}
	}
	if r.Close == "early" { // while the answer is on its way
		return c.SetLinger(0)
	}
	_, err = io.CopyN(io.Discard, c, int64(r.Reply))
	if err == nil {
		tag.Answer = true
		w.log.receive(r.From, tag)
	}
	if r.Close == "reset" {
		err = errors.Join(err, c.SetLinger(0))
	}
	return err
}
