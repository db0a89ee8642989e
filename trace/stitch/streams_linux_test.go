package stitch_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"tracer/sim/labtest"
)

// listen accepts connections of a node until the test ends.
func (l *natLab) listen(node, at string, serve func(net.Conn)) {
	var listener net.Listener
	labtest.Do(l.t, l.nodes[node], func() (err error) {
		listener, err = net.Listen("tcp4", at)
		return err
	})
	l.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
}

// relay forwards a connection over one of the host's own, as docker-proxy does.
func (l *natLab) relay(from net.Conn, to string) {
	var c net.Conn
	err := l.nodes["host"].Do(func() (err error) {
		c, err = net.DialTimeout("tcp4", to, time.Second)
		return err
	})
	if err != nil {
		return
	}
	defer c.Close()
	go func() { _, _ = io.Copy(from, c) }()
	_, _ = io.Copy(c, from)
}

// connect makes a connection, and has some messages echoed. It may fail if the network
// prevents it, for example if the bridge keeps an answer from being translated back.
func (l *natLab) connect(random *rand.Rand, node, to string) {
	var c net.Conn
	err := l.nodes[node].Do(func() (err error) {
		c, err = net.DialTimeout("tcp4", to, 300*time.Millisecond)
		return err
	})
	if err != nil {
		l.t.Logf("%s to %s: %v", node, to, err)
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(3 * time.Second))
	for range 3 {
		message := bytes.Repeat([]byte{'.'}, 300+random.IntN(600))
		if _, err := c.Write(message); err != nil {
			return
		}
		if _, err := io.ReadFull(c, message); err != nil {
			return
		}
	}
}
