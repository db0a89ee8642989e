package confine

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// In a user namespace, a receive queue cannot be longer than net.core.rmem_max. If the
// first process is root, it lengthens queues on behalf of the second.

const lengthenQueue = "lengthen queue"

// longestQueue is the maximum length of one socket's queue in bytes.
const longestQueue = 64 << 20

// SetReceiveQueue sets the length of a socket's receive queue in bytes, limited to what
// this user is allowed.
func SetReceiveQueue(fd, size int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil {
		return nil
	}
	if _, _, err := ask(lengthenQueue, strconv.AppendInt(nil, int64(size), 10), fd); err == nil {
		return nil
	}
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size)
}

// lengthen lengthens a queue on behalf of the second process.
func lengthen(argument []byte, socket int) error {
	size, err := strconv.Atoi(string(argument))
	if err != nil {
		return err
	}
	return unix.SetsockoptInt(socket, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, min(size, longestQueue))
}
