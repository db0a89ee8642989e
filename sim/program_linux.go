package sim

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// startProgram runs a user's program as a service and waits until it listens.
//
// The kernel kills it when the node's thread ends, and so when this process
// does, by whatever signal (PR_SET_PDEATHSIG is tied to the thread that
// forked). Since the program is process 1 of its own PID namespace, everything
// that it started dies with it (pid_namespaces(7)).
func (l *Lab) startProgram(ctx context.Context, n *labNode, s Service) error {
	output := &tail{limit: 2048}
	cmd := exec.Command(s.Exec[0], s.Exec[1:]...)
	cmd.Dir = s.Dir
	cmd.Stdout, cmd.Stderr = output, output
	cmd.WaitDelay = time.Second
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Pdeathsig:  syscall.SIGKILL,
		Cloneflags: syscall.CLONE_NEWPID,
	}
	if err := n.ns.do(cmd.Start); err != nil {
		return n.fail("start", s.Exec[0], err)
	}
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		cmd.Wait()
	}()
	l.undo = append(l.undo, func() error {
		err := cmd.Process.Kill()
		<-exited
		if errors.Is(err, os.ErrProcessDone) {
			return nil
		}
		return err
	})

	ctx, cancel := context.WithTimeout(ctx, serviceStart)
	defer cancel()
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		var listening bool
		err := n.ns.do(func() (err error) {
			listening, err = listens(s.Port)
			return err
		})
		if err != nil {
			return n.fail("look for listener of", s.Exec[0], err)
		}
		if listening {
			return nil
		}
		select {
		case <-exited:
			return n.fail("run", s.Exec[0], fmt.Errorf("%s before it listened on port %d%s", cmd.ProcessState, s.Port, output))
		case <-ctx.Done():
			return n.fail("run", s.Exec[0], fmt.Errorf("does not listen on port %d: %w%s", s.Port, ctx.Err(), output))
		case <-poll.C:
		}
	}
}

// tail keeps the end of what a program prints, to explain why it stopped.
type tail struct {
	mu    sync.Mutex
	limit int
	data  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.data = append(t.data, p...)
	if extra := len(t.data) - t.limit; extra > 0 {
		t.data = t.data[extra:]
	}
	return len(p), nil
}

// String returns what was kept, ready to be put behind an error.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := strings.TrimSpace(string(t.data))
	if s == "" {
		return ""
	}
	return "; it printed: " + s
}
