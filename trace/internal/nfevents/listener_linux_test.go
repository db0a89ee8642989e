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

// An overflow of the queue is counted, and later messages are read.
func TestOverflow(t *testing.T) {
	ns := labtest.Namespace(t)
	const small = 4096
	var l *listener
	labtest.Do(t, ns, func() (err error) {
		l, err = listen(small, unix.NFNLGRP_NFTABLES)
		return err
	})
	defer l.close()
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
		ended <- l.run(func(netlink.Message) {
			n++
			read <- n
		})
	}()
	await := func(what string, done func() bool) {
		t.Helper()
		for limit := time.Now().Add(5 * time.Second); !done(); time.Sleep(time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatalf("waited too long for %s: %d read, %d overflows", what, len(read), l.overflows())
			}
		}
	}
	await("the loss to be counted", func() bool { return l.overflows() > 0 })
	if n := len(read); n >= tables {
		t.Errorf("all %d messages were read", n)
	}
	before := len(read)
	add("later")
	await("a later message", func() bool { return len(read) > before })
	l.stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
