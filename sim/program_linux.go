package sim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"tracer/sim/confine"
)

// startProgram runs a program of a scenario in a sandbox and waits until it listens.
func (l *Lab) startProgram(ctx context.Context, n *labNode, s Service) error {
	output := &tail{limit: 2048}
	program := confine.Program{Command: s.Exec, Directory: s.Dir, Hostname: n.Name, Output: output}
	if n.ResolvConf != nil {
		program.ResolvConf = n.ResolvConf.Text()
	}
	var running *confine.Running
	err := n.Do(func() (err error) {
		running, err = program.Start()
		return err
	})
	if err != nil {
		return n.fail("start", s.Exec[0], err)
	}
	l.undo = append(l.undo, func() error {
		err := running.Stop()
		if running.Greedy() {
			err = n.fail("run", s.Exec[0], errors.New(running.State()))
		}
		return err
	})
	late := time.After(serviceStart)
	poll := time.NewTicker(5 * time.Millisecond)
	defer poll.Stop()
	for {
		var listening bool
		err := n.Do(func() (err error) {
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
		case <-running.Exited():
			return n.fail("run", s.Exec[0], fmt.Errorf("%s before it listened on port %d%s", running.State(), s.Port, output))
		case <-ctx.Done():
			return n.fail("run", s.Exec[0], fmt.Errorf("%w before it listened on port %d%s", ctx.Err(), s.Port, output))
		case <-late:
			return n.fail("run", s.Exec[0], fmt.Errorf("not listening on TCP port %d after %s%s", s.Port, serviceStart, output))
		case <-poll.C:
		}
	}
}

// tail keeps the end of a program's output, to explain why it stopped.
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

// String returns the end of the output as a suffix for an error.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := strings.TrimSpace(string(t.data))
	if s == "" {
		return ""
	}
	return "; it printed: " + s
}
