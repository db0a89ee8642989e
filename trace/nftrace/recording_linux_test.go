package nftrace_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/trace/internal/nfevents"
	"tracer/trace/nftrace"
)

var update = flag.Bool("update", false, "record the kernel's messages anew")

// Where the fuzz targets of the two decoders find what a kernel sent.
const (
	traceCorpus     = "testdata/fuzz/FuzzDecode"
	conntrackCorpus = "../conntrack/testdata/fuzz/FuzzDecode"
)

// filter adds rules of every kind that the rule trace tells apart:
//
//	chain output { policy accept; counter; jump user }
//	chain user   { return }
func filter() error {
	c, err := nftables.New()
	if err != nil {
		return err
	}
	table := c.AddTable(&nftables.Table{Name: "filter", Family: nftables.TableFamilyIPv4})
	accept := nftables.ChainPolicyAccept
	output := c.AddChain(&nftables.Chain{
		Table: table, Name: "output", Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookOutput, Priority: nftables.ChainPriorityFilter, Policy: &accept,
	})
	user := c.AddChain(&nftables.Chain{Table: table, Name: "user"})
	for _, r := range []nftables.Rule{
		{Chain: output, Exprs: []expr.Any{&expr.Counter{}}},
		{Chain: output, Exprs: []expr.Any{&expr.Verdict{Kind: expr.VerdictJump, Chain: "user"}}},
		{Chain: user, Exprs: []expr.Any{&expr.Verdict{Kind: expr.VerdictReturn}}},
	} {
		r.Table = table
		c.AddRule(&r)
	}
	return c.Flush()
}

// TestRecording: the fuzz targets begin with what the kernel sends of one datagram over
// the loopback, under today's probe and a few rules. After a change of the probe, record
// it anew:
//
//	go test -run TestRecording ./trace/nftrace -update
func TestRecording(t *testing.T) {
	var live, events []netlink.Message
	inNamespace(t, func() {
		if err := errors.Join(nftrace.Install(nftrace.DefaultProbe), filter()); err != nil {
			t.Error(err)
			return
		}
		l, err := nfevents.Listen(unix.NFNLGRP_NFTRACE, unix.NFNLGRP_CONNTRACK_NEW)
		if err != nil {
			t.Error(err)
			return
		}
		defer l.Close()
		traffic(t, 1)
		l.Stop()
		if err := l.Run(func(m netlink.Message) {
			m.Data = slices.Clone(m.Data)
			if m.Header.Type>>8 == unix.NFNL_SUBSYS_CTNETLINK {
				events = append(events, m)
			} else {
				live = append(live, m)
			}
		}); err != nil {
			t.Error(err)
		}
	})
	if len(live) == 0 || len(events) != 1 {
		t.Fatalf("%d messages and %d events", len(live), len(events))
	}
	if *update {
		record := func(dir string, n int, m netlink.Message, header string) {
			text := fmt.Sprintf("go test fuzz v1\n%s[]byte(%q)\n", header, m.Data)
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("kernel-%02d", n+1)), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		for _, old := range append(recorded(t, traceCorpus), recorded(t, conntrackCorpus)...) {
			if err := os.Remove(old); err != nil {
				t.Fatal(err)
			}
		}
		for n, m := range live {
			record(traceCorpus, n, m, "")
		}
		for n, m := range events {
			record(conntrackCorpus, n, m, fmt.Sprintf("uint16(%d)\nuint16(%d)\n", m.Header.Type, m.Header.Flags))
		}
	}
	var got, want []string
	for _, m := range live {
		got = append(got, shape(t, m.Data))
	}
	for _, file := range recorded(t, traceCorpus) {
		want = append(want, shape(t, seedOf(t, file)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the kernel sends\n%s\nrecorded are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// recorded are the files of a corpus that hold what a kernel sent.
func recorded(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "kernel-*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// seedOf is the message that a file of a corpus holds.
func seedOf(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, quoted, _ := strings.Cut(string(text), "[]byte(")
	message, err := strconv.Unquote(strings.TrimSuffix(strings.TrimSpace(quoted), ")"))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return []byte(message)
}

// shape is what is the same of a message each time, on every kernel.
func shape(t *testing.T, message []byte) string {
	t.Helper()
	m, err := nftrace.Decode(message)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s: %s, %s, %d and %d bytes of headers", m.Table, m.Chain, m.Kind, m.Verdict, len(m.Network), len(m.Transport))
}
