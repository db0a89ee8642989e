package sim

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

// A process in a user namespace may not have receive queues that are longer than
// net.core.rmem_max. Where root has started it, root's first process, which does
// nothing else, lengthens them: the sockets come to it over a connection.
//
//	second process, in the user namespace          first process, root
//	  SetReceiveQueue ── socket, size ──────────────▶ setsockopt
//	                  ◀───────────────── done ──────

// asker marks the environment of a process that has such a connection, with its
// file descriptor.
const asker = "TRACER_QUEUES"

// longestQueue is the most that is given to one socket, in bytes.
const longestQueue = 64 << 20

// SetReceiveQueue gives a socket a receive queue of so many bytes, or of as many as
// this user may have.
func SetReceiveQueue(fd, size int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil || ask(fd, size) == nil {
		return nil
	}
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size)
}

var errNobody = errors.New("there is nobody to ask")

// connection is the one to the first process, or an error.
var connection = sync.OnceValues(func() (int, error) {
	fd, err := strconv.Atoi(os.Getenv(asker))
	if err != nil {
		return 0, errNobody
	}
	unix.CloseOnExec(fd) // it is not for the programs of a lab
	return fd, nil
})

var asking sync.Mutex

func ask(socket, size int) error {
	fd, err := connection()
	if err != nil {
		return err
	}
	asking.Lock()
	defer asking.Unlock()
	if err := unix.Sendmsg(fd, []byte(strconv.Itoa(size)), unix.UnixRights(socket), nil, unix.MSG_NOSIGNAL); err != nil {
		return err
	}
	var done [1]byte
	for {
		n, err := unix.Read(fd, done[:])
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err == nil && (n != 1 || done[0] != 1) {
			err = errNobody
		}
		return err
	}
}

// answerer answers what comes over the connection that it makes, until that is
// closed at the other end, which it returns.
func answerer() (*os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("connection to the user namespace: %w", err)
	}
	go func() {
		defer unix.Close(fds[0])
		size, rights := make([]byte, 16), make([]byte, unix.CmsgSpace(4))
		for {
			n, oob, _, _, err := unix.Recvmsg(fds[0], size, rights, unix.MSG_CMSG_CLOEXEC)
			if errors.Is(err, unix.EINTR) {
				continue
			}
			if err != nil || n == 0 {
				return
			}
			var done byte
			if lengthen(string(size[:n]), rights[:oob]) == nil {
				done = 1
			}
			if _, err := unix.Write(fds[0], []byte{done}); err != nil {
				return
			}
		}
	}()
	return os.NewFile(uintptr(fds[1]), "connection to root"), nil
}

func lengthen(text string, rights []byte) error {
	messages, err := unix.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return errors.Join(err, errNobody)
	}
	sockets, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return err
	}
	for _, s := range sockets {
		defer unix.Close(s)
	}
	size, err := strconv.Atoi(text)
	if err != nil || len(sockets) != 1 {
		return errors.Join(err, errNobody)
	}
	return unix.SetsockoptInt(sockets[0], unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, min(size, longestQueue))
}
