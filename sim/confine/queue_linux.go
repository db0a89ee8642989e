package confine

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// A process in a user namespace may not have receive queues that are longer than
// net.core.rmem_max. Where root is the first process, it lengthens them.

const lengthenQueue = "lengthen queue"

// longestQueue is the most that is given to one socket, in bytes.
const longestQueue = 64 << 20

// SetReceiveQueue gives a socket a receive queue of so many bytes, or of as many as
// this user may have.
func SetReceiveQueue(fd, size int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil {
		return nil
	}
	if _, _, err := ask(lengthenQueue, strconv.AppendInt(nil, int64(size), 10), fd); err == nil {
		return nil
	}
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size)
}

// lengthen does that for the second process.
func lengthen(argument []byte, socket int) error {
	size, err := strconv.Atoi(string(argument))
	if err != nil {
		return err
	}
	return unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, min(size, longestQueue))
}
