package confine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// The second process sends requests, one at a time, and the first replies:
//
//	request  {name, argument}, and at most one descriptor ──▶
//	                                                      ◀── reply {answer, error}, and at most one descriptor
//
// Each is one message of a SOCK_SEQPACKET pair (unix(7)).

// longest is the maximum size of a message in bytes.
const longest = 64 << 10

type request struct {
	Name     string
	Argument []byte
}

// reply is the first process's answer or error. The flags preserve the kinds of error
// that callers distinguish.
type reply struct {
	Answer               []byte
	Error                string
	Exists, Full, Denied bool
}

func (r reply) err() error {
	if r.Error == "" {
		return nil
	}
	err := &remoteError{text: r.Error}
	for kind, is := range map[error]bool{os.ErrExist: r.Exists, unix.ENOSPC: r.Full, os.ErrPermission: r.Denied} {
		if is {
			err.kind = kind
		}
	}
	return err
}

// remoteError is an error of the first process.
type remoteError struct {
	text string
	kind error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.kind }

// answer returns one end of a new connection, and replies to the requests that arrive on
// it until all copies of that end are closed. wait returns once that has happened.
func (s Second) answer() (end *os.File, wait func(), err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("connection to the second process: %w", err)
	}
	var answering sync.WaitGroup
	answering.Go(func() {
		defer unix.Close(fds[0])
		for {
			text, fd, err := receive(fds[0])
			if err != nil {
				return
			}
			text, given := s.reply(text, fd)
			err = send(fds[0], text, given)
			if given != none {
				unix.Close(given) // the second process has it now
			}
			if err != nil {
				return
			}
		}
	})
	return os.NewFile(uintptr(fds[1]), "connection to the first process"), answering.Wait, nil
}

// reply handles one request and closes its descriptor.
func (s Second) reply(text []byte, fd int) (answer []byte, given int) {
	given = none
	var asked request
	var r reply
	err := json.Unmarshal(text, &asked)
	handler := s.Handlers[asked.Name]
	switch {
	case err != nil:
	case asked.Name == lengthenQueue:
		err = lengthen(asked.Argument, fd)
	case asked.Name == cloneDirectory && s.Directory != nil:
		given, err = cloneTree(int(s.Directory.Fd()), "")
	case handler != nil:
		var file *os.File
		if fd != none {
			file, fd = os.NewFile(uintptr(fd), asked.Name), none
		}
		r.Answer, err = handler(asked.Argument, file)
		if file != nil {
			_ = file.Close() // only read from
		}
	default:
		err = fmt.Errorf("unknown request %q", asked.Name)
	}
	if fd != none {
		unix.Close(fd)
	}
	if err != nil {
		r.Error = err.Error()
		r.Exists, r.Full, r.Denied = errors.Is(err, os.ErrExist), errors.Is(err, unix.ENOSPC), errors.Is(err, os.ErrPermission)
	}
	answer, _ = json.Marshal(r) // these types cannot fail
	return answer, given
}

var asking sync.Mutex

// Ask sends a request to the first process and returns its answer. It does not close the
// file, which may be nil. The error is the first process's; it wraps [ErrNobody] if this
// process is not a second one.
func Ask(name string, argument []byte, file *os.File) (answer []byte, err error) {
	fd := none
	if file != nil {
		fd = int(file.Fd())
	}
	answer, given, err := ask(name, argument, fd)
	if given != none {
		unix.Close(given) // not expected here
	}
	return answer, err
}

func ask(name string, argument []byte, fd int) (answer []byte, given int, err error) {
	if !IsSecond() {
		return nil, none, ErrNobody
	}
	text, err := json.Marshal(request{Name: name, Argument: argument})
	if err != nil {
		return nil, none, err
	}
	asking.Lock()
	defer asking.Unlock()
	if err := send(channelFD, text, fd); err != nil {
		return nil, none, fmt.Errorf("ask the first process: %w", err)
	}
	text, given, err = receive(channelFD)
	if err != nil {
		return nil, none, fmt.Errorf("ask the first process: %w", err)
	}
	var r reply
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, given, fmt.Errorf("ask the first process: %w", err)
	}
	return r.Answer, given, r.err()
}

// none stands for the absence of a descriptor.
const none = -1

func send(to int, text []byte, fd int) error {
	if len(text) > longest {
		return fmt.Errorf("message of %d bytes: %w", len(text), unix.EMSGSIZE)
	}
	var rights []byte
	if fd != none {
		rights = unix.UnixRights(fd)
	}
	return again(func() error { return unix.Sendmsg(to, text, rights, nil, unix.MSG_NOSIGNAL) })
}

func receive(from int) (text []byte, fd int, err error) {
	text, rights := make([]byte, longest), make([]byte, unix.CmsgSpace(4))
	var n, oob int
	err = again(func() (err error) {
		n, oob, _, _, err = unix.Recvmsg(from, text, rights, unix.MSG_CMSG_CLOEXEC)
		return err
	})
	if err == nil && n == 0 {
		err = ErrNobody // the other process has ended
	}
	if err != nil {
		return nil, none, err
	}
	if oob == 0 {
		return text[:n], none, nil
	}
	messages, err := unix.ParseSocketControlMessage(rights[:oob])
	if err != nil || len(messages) != 1 {
		return nil, none, errors.Join(err, unix.EBADMSG)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return nil, none, errors.Join(err, unix.EBADMSG)
	}
	return text[:n], fds[0], nil
}

// again repeats f while a signal interrupts it.
func again(f func() error) error {
	for {
		if err := f(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
