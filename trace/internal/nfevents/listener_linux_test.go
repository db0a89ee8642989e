package nfevents

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/nftables"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// When the queue overflows, this is counted, and what comes later is read.
func TestOverflow(t *testing.T) {
	ns := labtest.Namespace(t)
	const small = 4096
	var l *Listener
	labtest.Do(t, ns, func() (err error) {
		l, err = listen(small, unix.NFNLGRP_NFTABLES)
		return err
	})
	defer l.Close()
	conn, err := nftables.New()
	if err != nil {
		t.Fatal(err)
	}
	add := func(name string) {
		conn.AddTable(&nftables.Table{Name: name, Family: nftables.TableFamilyIPv4})
		labtest.Do(t, ns, conn.Flush) // on a socket of its own
	}
	const tables = 500
	for i := range tables {
		add(fmt.Sprintf("table%d", i))
	}
	read := make(chan int, tables+100)
	ended := make(chan error, 1)
	go func() {
		n := 0
		ended <- l.Run(func(netlink.Message) {
			n++
			read <- n
		})
	}()
	await := func(what string, done func() bool) {
		t.Helper()
		for limit := time.Now().Add(5 * time.Second); !done(); time.Sleep(time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatalf("waited too long for %s: %d read, lost %d times", what, len(read), l.Lost())
			}
		}
	}
	await("the loss to be counted", func() bool { return l.Lost() > 0 })
	if n := len(read); n >= tables {
		t.Errorf("all %d messages were read", n)
	}
	before := len(read)
	add("later")
	await("what came later", func() bool { return len(read) > before })
	l.Stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
