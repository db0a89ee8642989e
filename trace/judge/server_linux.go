package judge

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
)

// server is a program that listens in a node.
type server struct {
	node    string
	reply   int // bytes of a datagram's answer; 0: none
	log     *traffic
	done    sync.WaitGroup
	closing []io.Closer
	mu      sync.Mutex // guards open
	open    map[net.Conn]bool
}

// serve runs a "serve" or "join" line.
func (w *World) serve(l Line) error {
	words := l.Words()
	if len(words) < 2 {
		return fmt.Errorf("what is served where?")
	}
	s := &server{node: l.Node, reply: 64, log: w.log, open: map[net.Conn]bool{}}
	if len(words) > 2 && l.Verb() == "serve" {
		value, ok := strings.CutPrefix(words[2], "reply=")
		n, err := strconv.Atoi(value)
		if !ok || err != nil {
			return fmt.Errorf("%q is not understood", words[2])
		}
		s.reply = n
	}
	err := w.Do(l.Node, func() error {
		switch {
		case l.Verb() == "join":
			return s.join(words)
		case words[0] == "tcp":
			return w.Network.IP.each(func(version string) error { return s.listen(version, words[1]) })
		}
		return w.Network.IP.each(func(version string) error { return s.datagrams(version, words[1]) })
	})
	w.servers = append(w.servers, s)
	return err
}

func (s *server) datagrams(version, port string) error {
	c, err := net.ListenPacket("udp"+version, ":"+port)
	if err != nil {
		return err
	}
	s.run(c)
	return nil
}

// join listens to a multicast group: its address, the port, and the interface.
func (s *server) join(words []string) error {
	if s.reply = 0; len(words) != 3 {
		return errors.New("joining a group requires an interface")
	}
	n, err := strconv.Atoi(words[1])
	if err != nil {
		return err
	}
	on, err := net.InterfaceByName(words[2])
	if err != nil {
		return err
	}
	c, err := net.ListenMulticastUDP("udp", on, &net.UDPAddr{IP: net.ParseIP(words[0]), Port: n})
	if err != nil {
		return err
	}
	s.log.mu.Lock()
	s.log.joined[s.node] = true
	s.log.mu.Unlock()
	s.run(c)
	return nil
}

// run answers datagrams until the socket is closed.
func (s *server) run(c net.PacketConn) {
	s.closing = append(s.closing, c)
	s.done.Go(func() {
		buffer := make([]byte, 65536)
		for {
			n, from, err := c.ReadFrom(buffer)
			if err != nil {
				return
			}
			tag, _, ok := findTag(buffer[:n])
			if !ok {
				continue
			}
			s.log.receive(s.node, tag)
			if s.reply == 0 || tag.Answer {
				continue
			}
			tag.Answer = true
			s.log.send(s.node, tag)
			_, _ = c.WriteTo(tag.fill(s.reply), from) // a rule may forbid it
		}
	})
}

func (s *server) listen(version, port string) error {
	var config net.ListenConfig
	config.SetMultipathTCP(false)
	l, err := config.Listen(context.Background(), "tcp"+version, ":"+port)
	if err != nil {
		return err
	}
	s.closing = append(s.closing, l)
	s.done.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.open[c] = true
			s.mu.Unlock()
			s.done.Go(func() { s.connection(c) })
		}
	})
	return nil
}

// connection answers one connection. The second block sent by the client says how much
// follows, and how much it requests.
func (s *server) connection(c net.Conn) {
	defer c.Close()
	head := make([]byte, 2*tagLength)
	if _, err := io.ReadFull(c, head); err != nil {
		return
	}
	tag, _, ok := findTag(head)
	if !ok {
		return
	}
	size, reply := binary.BigEndian.Uint32(head[tagLength:]), binary.BigEndian.Uint32(head[tagLength+4:])
	if _, err := io.CopyN(io.Discard, c, int64(size)-int64(len(head))); err != nil {
		return
	}
	s.log.receive(s.node, Tag{tag.Request, false, 0})
	tag.Answer = true
	if _, err := io.Copy(c, bytes.NewReader(tag.stream(0, int(reply)))); err != nil {
		return
	}
	if head[tagLength+8] == 1 { // half-closed: the client has finished
		return
	}
	_, _ = io.Copy(io.Discard, c) // until the client closes
}

// close ends the server and waits for its goroutines.
func (s *server) close() {
	for _, c := range s.closing {
		_ = c.Close()
	}
	s.mu.Lock()
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}
