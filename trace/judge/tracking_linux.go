package judge

import (
	"errors"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/ti-mo/conntrack"
	"github.com/ti-mo/netfilter"
)

// tracking listens to a node's connection tracking. The kernel says when entries began and ended:
// on a busy machine, events may be read much later.
type tracking struct {
	conn *conntrack.Conn // of events
	dump *conntrack.Conn // of the entries that still exist in the end
	stop chan struct{}
	done sync.WaitGroup
	list []Entry // owned by the goroutine until it has ended
	err  error
}

const trackingQueue = 8 << 20

// newTracking listens in the calling thread's namespace.
func newTracking() (*tracking, error) {
	if err := os.WriteFile("/proc/sys/net/netfilter/nf_conntrack_timestamp", []byte("1"), 0); err != nil {
		return nil, err
	}
	dump, err := conntrack.Dial(nil)
	if err != nil {
		return nil, err
	}
	conn, err := conntrack.Dial(nil)
	if err != nil {
		return nil, errors.Join(err, dump.Close())
	}
	_ = conn.SetReadBuffer(trackingQueue) // at most what is allowed
	events := make(chan conntrack.Event, 1<<14)
	failed, err := conn.Listen(events, 1, []netfilter.NetlinkGroup{
		netfilter.GroupCTNew, netfilter.GroupCTUpdate, netfilter.GroupCTDestroy,
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close(), dump.Close())
	}
	t := &tracking{conn: conn, dump: dump, stop: make(chan struct{})}
	t.done.Go(func() {
		for {
			select {
			case e := <-events:
				t.event(&e, time.Now())
			case t.err = <-failed:
				return
			case <-t.stop:
				for len(events) > 0 {
					e := <-events
					t.event(&e, time.Now())
				}
				return
			}
		}
	})
	return t, nil
}

func (t *tracking) event(e *conntrack.Event, now time.Time) {
	if e.Flow == nil {
		return
	}
	i := len(t.list) - 1
	for i >= 0 && t.list[i].ID != e.Flow.ID {
		i--
	}
	if i < 0 || !t.list[i].Until.IsZero() { // another lifetime
		t.list = append(t.list, Entry{ID: e.Flow.ID, From: now})
		i = len(t.list) - 1
	}
	entry := &t.list[i]
	if e.Type == conntrack.EventDestroy {
		entry.Until = now
		entry.timed(&e.Flow.Timestamp)
	}
	if e.Flow.TupleOrig.IP.SourceAddress.IsValid() {
		entry.Original, entry.Reply = tuple(&e.Flow.TupleOrig), tuple(&e.Flow.TupleReply)
	}
}

// timed sets the times that the kernel gives.
func (e *Entry) timed(t *conntrack.Timestamp) {
	if !t.Start.IsZero() {
		e.From = t.Start
	}
	if !t.Stop.IsZero() {
		e.Until = t.Stop
	}
}

func tuple(t *conntrack.Tuple) Tuple {
	from, to := t.Proto.SourcePort, t.Proto.DestinationPort
	if t.Proto.ICMPv4 || t.Proto.ICMPv6 {
		from, to = t.Proto.ICMPID, t.Proto.ICMPID
	}
	return Tuple{t.Proto.Protocol, netip.AddrPortFrom(t.IP.SourceAddress, from), netip.AddrPortFrom(t.IP.DestinationAddress, to)}
}

// close ends the listener and returns the entries in the order in which they were made.
func (t *tracking) close() ([]Entry, error) {
	flows, err := t.dump.Dump(nil)
	err = errors.Join(err, t.dump.Close())
	_ = t.conn.Close() // and waits for the reader
	close(t.stop)
	t.done.Wait()
	for i := range flows {
		for k := range t.list {
			if e := &t.list[k]; e.ID == flows[i].ID && e.Until.IsZero() {
				e.timed(&flows[i].Timestamp)
			}
		}
	}
	return t.list, errors.Join(t.err, err)
}
