package sim

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// Idle reports whether the lab has no open TCP connection, and none that awaits its last
// acknowledgement: all segments have been sent and have arrived.
func (l *Lab) Idle() (bool, error) {
	var open atomic.Bool
	err := l.each(func(n *labNode) error {
		sockets, err := tcpSockets()
		if err != nil {
			return n.fail("list sockets", "", err)
		}
		for _, s := range sockets {
			if s.state != tcpListen && s.state != tcpTimeWait {
				open.Store(true)
			}
		}
		return nil
	})
	return !open.Load(), err
}

// listens reports whether a TCP socket listens on a port in the calling thread's network
// namespace. It reads the kernel's socket table, because a test connection would show up
// in the trace.
func listens(port uint16) (bool, error) {
	sockets, err := tcpSockets()
	for _, s := range sockets {
		if s.state == tcpListen && s.port == port {
			return true, nil
		}
	}
	return false, err
}

// tcpSocket is one line of /proc/net/tcp.
type tcpSocket struct {
	port  uint16 // local
	state uint8
}

// The states that matter here (include/net/tcp_states.h).
const (
	tcpTimeWait = 0x06
	tcpListen   = 0x0a
)

// tcpSockets lists the TCP sockets of the calling thread's network namespace.
func tcpSockets() ([]tcpSocket, error) {
	var all []tcpSocket
	for _, table := range []string{"tcp", "tcp6"} {
		// Not /proc/net, which shows the namespace of the process's first thread.
		b, err := os.ReadFile("/proc/thread-self/net/" + table)
		if errors.Is(err, os.ErrNotExist) {
			continue // a kernel without IPv6
		}
		if err != nil {
			return nil, err
		}
		for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
			if s, ok := parseTCPSocket(lines.Text()); ok {
				all = append(all, s)
			}
		}
	}
	return all, nil
}

// parseTCPSocket reads "  0: 00000000:1388 00000000:0000 0A …": number, local and remote
// address and port, state.
func parseTCPSocket(line string) (s tcpSocket, ok bool) {
	f := strings.Fields(line)
	if len(f) < 4 {
		return s, false
	}
	_, hex, _ := strings.Cut(f[1], ":")
	port, err1 := strconv.ParseUint(hex, 16, 16)
	state, err2 := strconv.ParseUint(f[3], 16, 8)
	return tcpSocket{uint16(port), uint8(state)}, err1 == nil && err2 == nil
}
