package nftrace_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/trace/nftrace"
)

// Flags of a table (include/uapi/linux/netfilter/nf_tables.h).
const (
	owner   = 0x2
	unknown = 0x80 // no kernel has it
)

// nft runs nft in a namespace and returns what it prints.
func nft(t *testing.T, ns *netns.Namespace, arguments ...string) (string, error) {
	t.Helper()
	path := labtest.Peer(t, "nft")
	var out []byte
	err := ns.Do(func() (err error) {
		out, err = exec.Command(path, arguments...).CombinedOutput()
		return err
	})
	return string(out), err
}

// listed returns the line of the ruleset that names tracer's table, and what follows.
func listed(t *testing.T, ns *netns.Namespace) (table string, found bool) {
	t.Helper()
	all, err := nft(t, ns, "list", "ruleset")
	if err != nil {
		t.Fatalf("nft: %v: %s", err, all)
	}
	_, table, found = strings.Cut(all, "table ip tracer {")
	return table, found
}

// install installs a probe in a namespace.
func install(t *testing.T, ns *netns.Namespace, flags uint32) (p *nftrace.Probe) {
	t.Helper()
	labtest.Do(t, ns, func() (err error) {
		p, err = nftrace.InstallWithFlags(nftrace.Default(), flags)
		return err
	})
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// TestUnmark: afterwards, no rule of the probe reads or sets a mark, as if it had never numbered
// packets.
func TestUnmark(t *testing.T) {
	ns := labtest.Loopback(t)
	p := install(t, ns, owner)
	if table, _ := listed(t, ns); strings.Count(table, "mark set numgen inc") != 4 || strings.Count(table, "mark set 0x00000000") != 2 {
		t.Errorf("packets are not numbered:\n%s", table)
	}
	if err := p.Unmark(); err != nil {
		t.Fatal(err)
	}
	table, found := listed(t, ns)
	if !found || strings.Contains(table, "mark") || strings.Contains(table, "numbers") {
		t.Errorf("after Unmark:\n%s", table)
	}
}

// TestProbeClose: Close removes the table from a namespace that lives on. So it does
// where the kernel cannot give the table an owner.
func TestProbeClose(t *testing.T) {
	for name, flags := range map[string]uint32{"owned": owner, "ordinary": owner | unknown} {
		t.Run(name, func(t *testing.T) {
			ns := labtest.Loopback(t)
			p := install(t, ns, flags)
			table, found := listed(t, ns)
			if !found {
				t.Fatal("the ruleset does not have the table")
			}
			if owned := strings.Contains(table, "flags owner"); owned != (flags == owner) {
				t.Errorf("with flags %#x:\n%s", flags, table)
			}
			for range 2 {
				if err := p.Close(); err != nil {
					t.Error(err)
				}
			}
			if table, found := listed(t, ns); found {
				t.Errorf("after Close:\n%s", table)
			}
			install(t, ns, flags) // the name is free again
		})
	}
}

// TestProbeFlushed: an ordinary table that somebody has flushed is no error of Close.
func TestProbeFlushed(t *testing.T) {
	ns := labtest.Loopback(t)
	p := install(t, ns, unknown)
	if out, err := nft(t, ns, "flush", "ruleset"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}

// TestProbeOwned: nobody else can flush, change or delete the table, and packets are
// still traced afterwards.
func TestProbeOwned(t *testing.T) {
	ns := labtest.Loopback(t)
	install(t, ns, owner)
	if out, err := nft(t, ns, "add", "table", "ip", "other"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if out, err := nft(t, ns, "flush", "ruleset"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if all, err := nft(t, ns, "list", "ruleset"); err != nil || strings.Contains(all, "table ip other") {
		t.Errorf("the flush left the other table: %v\n%s", err, all)
	}
	for _, change := range []string{"delete table ip tracer", "flush chain ip tracer seen-input", "add rule ip tracer seen-input drop"} {
		if out, err := nft(t, ns, strings.Fields(change)...); err == nil {
			t.Errorf("%s: %q, no error", change, out)
		}
	}
	if _, found := listed(t, ns); !found {
		t.Fatal("the flush removed tracer's table")
	}
	var messages int
	labtest.Do(t, ns, func() error {
		r, err := nftrace.Listen()
		if err != nil {
			return err
		}
		defer r.Close()
		traffic(t, 1)
		r.Stop()
		return r.Run(func(nftrace.Message) { messages++ })
	})
	if messages == 0 {
		t.Error("no packet is traced after the flush")
	}
}

// TestProbeTwice: a second Install neither adds to the table nor replaces it.
func TestProbeTwice(t *testing.T) {
	for name, c := range map[string]struct {
		flags uint32
		want  error
	}{"owned": {owner, os.ErrPermission}, "ordinary": {unknown, os.ErrExist}} {
		t.Run(name, func(t *testing.T) {
			ns := labtest.Loopback(t)
			install(t, ns, c.flags)
			err := ns.Do(func() error {
				_, err := nftrace.InstallWithFlags(nftrace.Default(), c.flags)
				return err
			})
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// holdProbe is a process that installs a probe where it is started, says so, and waits
// for the end of its standard input.
const holdProbe = "hold a probe"

func hold() {
	if _, err := nftrace.Install(nftrace.Default()); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("installed")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// TestProbeKilled: the kernel removes the table of a process that is killed, from a
// namespace that lives on.
func TestProbeKilled(t *testing.T) {
	ns := labtest.Loopback(t)
	directory, command := labtest.Program(t, holdProbe)
	child := exec.Command(command[0], command[1:]...)
	child.Dir = directory
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	labtest.Do(t, ns, child.Start)
	line, err := bufio.NewReader(out).ReadString('\n')
	if _, found := listed(t, ns); line != "installed\n" || !found {
		t.Errorf("the child says %q, %v; the table is listed: %v", line, err, found)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil {
		t.Error("the child ended by itself")
	}
	for limit := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		table, found := listed(t, ns)
		if !found {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("after SIGKILL:\n%s", table)
		}
	}
}
