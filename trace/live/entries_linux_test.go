package live

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"tracer/sim"
	"tracer/sim/labtest"
	"tracer/trace"
)

// entryWatch counts the conntrack entries that are confirmed in a node. The program
// conntrack reports them; the kernel does so when a connection's first packet leaves the
// node or arrives in it.
type entryWatch struct {
	node    string
	program *exec.Cmd
	mu      sync.Mutex // guards output
	output  bytes.Buffer
}

func (w *entryWatch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.output.Write(p)
}

func (w *entryWatch) created() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	// Multicast reports, which nodes send on their own, may come before the program listens.
	return bytes.Count(w.output.Bytes(), []byte("[NEW]")) - bytes.Count(w.output.Bytes(), []byte("[NEW] igmp")) - bytes.Count(w.output.Bytes(), []byte("[NEW] unknown"))
}

// watchEntries starts to count the entries of the nodes that forward, if conntrack is
// installed.
func watchEntries(t *testing.T, l *sim.Lab) (all []*entryWatch) {
	t.Helper()
	program := labtest.Installed(t, "conntrack")
	if program == "" {
		return nil
	}
	for _, n := range l.Topology().Nodes {
		if !roles[n.Role].Forwards() {
			continue
		}
		w := &entryWatch{node: n.Name, program: exec.Command(program, "--event", "--event-mask", "NEW", "--buffer-size", "4194304")}
		w.program.Stdout = w
		before := listening(t, l, n.Name)
		if err := l.Do(n.Name, w.program.Start); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = w.program.Process.Kill() // it runs until it is killed
			_ = w.program.Wait()
		})
		wait(t, "conntrack listens in "+n.Name, func() bool { return listening(t, l, n.Name) > before })
		all = append(all, w)
	}
	return all
}

// listening counts the sockets of a node that receive netfilter's events: those of
// NETLINK_NETFILTER that have joined a multicast group.
func listening(t *testing.T, l *sim.Lab, node string) (n int) {
	t.Helper()
	var sockets []byte
	if err := l.Do(node, func() (err error) {
		sockets, err = os.ReadFile("/proc/thread-self/net/netlink")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sockets)) {
		f := strings.Fields(line) // sk, Eth (the protocol), Pid (the port), Groups, …
		if len(f) > 3 && f[1] == strconv.Itoa(unix.NETLINK_NETFILTER) && strings.Trim(f[3], "0") != "" {
			n++
		}
	}
	return n
}

// check compares the entries with the packets that a trace says they were created for.
func (w *entryWatch) check(t *testing.T, tr *trace.Trace) {
	t.Helper()
	want := 0
	count := func(node string, a *trace.Association) {
		if node == w.node && a != nil && a.Created && !a.Unconfirmed {
			want++
		}
	}
	for i := range tr.Journeys {
		j := &tr.Journeys[i]
		if j.Background() {
			continue
		}
		for h := range j.Hops {
			count(j.Hops[h].Node, j.Hops[h].Conntrack)
		}
		count(j.Outcome.Node, j.Outcome.Conntrack)
	}
	// The program reads events some time after the kernel has sent them.
	for limit := time.Now().Add(2 * time.Second); w.created() < want && time.Now().Before(limit); {
		time.Sleep(time.Millisecond)
	}
	if got := w.created(); got != want {
		t.Errorf("%s: %d conntrack entries were confirmed, and %d packets are said to have created one", w.node, got, want)
	}
}
