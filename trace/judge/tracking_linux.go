package judge

import (
	"net/netip"
	"sync"
	"time"

	"github.com/ti-mo/conntrack"
	"github.com/ti-mo/netfilter"
)

// tracking listens to a node's connection tracking.
type tracking struct {
	conn *conntrack.Conn
	stop chan struct{}
	done sync.WaitGroup
	list []Entry // owned by the goroutine until it has ended
	err  error
}

const trackingQueue = 8 << 20

// newTracking listens in the calling thread's namespace.
func newTracking() (*tracking, error) {
	conn, err := conntrack.Dial(nil)
	if err != nil {
		return nil, err
	}
	_ = conn.SetReadBuffer(trackingQueue) // at most what is allowed
	events := make(chan conntrack.Event, 1<<14)
	failed, err := conn.Listen(events, 1, []netfilter.NetlinkGroup{
		netfilter.GroupCTNew, netfilter.GroupCTUpdate, netfilter.GroupCTDestroy,
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	t := &tracking{conn: conn, stop: make(chan struct{})}
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
	}
	if e.Flow.TupleOrig.IP.SourceAddress.IsValid() {
		entry.Original, entry.Reply = tuple(&e.Flow.TupleOrig), tuple(&e.Flow.TupleReply)
	}
}

func tuple(t *conntrack.Tuple) Tuple {
	from, to := t.Proto.SourcePort, t.Proto.DestinationPort
	if t.Proto.ICMPv4 {
		from, to = t.Proto.ICMPID, t.Proto.ICMPID
	}
	return Tuple{t.Proto.Protocol, netip.AddrPortFrom(t.IP.SourceAddress, from), netip.AddrPortFrom(t.IP.DestinationAddress, to)}
}

// close ends the listener and returns the entries in the order in which they were made.
func (t *tracking) close() ([]Entry, error) {
	_ = t.conn.Close() // and waits for the reader
	close(t.stop)
	t.done.Wait()
	return t.list, t.err
}
