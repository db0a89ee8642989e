package live

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/conntrack"
	"tracer/trace/nftrace"
)

// readers are the readers of one node, each of which runs in a goroutine until stop.
//
//	node ─┬─ capture.Source ────┐
//	      ├─ nftrace.Reader ────┼─▶ put
//	      └─ conntrack.Reader ──┘
type readers struct {
	node            Node
	put             func(evidence)
	steady          *steady
	ignoreConntrack bool // this and the following: see Options
	noMarks         bool
	unfragmented    bool

	frames   *capture.Source
	probe    *nftrace.Probe // this and the following are nil for nodes that neither forward nor have rules
	rules    *nftrace.Reader
	tracking *conntrack.Reader

	netfilter, capturing sync.WaitGroup // the goroutines
	mu                   sync.Mutex     // guards errs
	errs                 []error
}

// open opens the readers of a node, in the namespace of the calling thread, and starts
// them. A node that does not forward has only a frame reader, unless it has rules, or turns
// out to have some: see [Recorder.traceRules].
func (r *readers) open() error {
	var err error
	listen := capture.Listen
	if r.unfragmented {
		listen = capture.ListenUnfragmented
	}
	if r.frames, err = listen(); err != nil {
		return wrap(r.node.Name, err)
	}
	if r.node.Role.Forwards() || r.node.Rules {
		if err := r.openNetfilter(); err != nil {
			closeAll(r.sockets())
			return wrap(r.node.Name, err)
		}
	}
	r.run(&r.capturing, r.capture)
	return nil
}

func (r *readers) openNetfilter() (err error) {
	c := nftrace.Default()
	c.Marks = !r.noMarks && r.frames.Marks() && !reflected()
	if r.probe, err = nftrace.Install(c); err != nil {
		return err
	}
	if r.rules, err = nftrace.Listen(); err != nil {
		return err
	}
	if r.tracking, err = conntrack.Listen(); err != nil {
		return err
	}
	if err = r.list(); err != nil {
		return err
	}
	r.run(&r.netfilter, func() error {
		return r.rules.Run(r.rule)
	})
	r.run(&r.netfilter, func() error {
		return r.tracking.Run(func(e conntrack.Event) {
			r.put(conntrackEvent(r.node.Name, e, r.steady.of(r.tracking.LastIdle()), r.steady.now()))
		})
	})
	return nil
}

// list reports the connections that are older than the recording.
func (r *readers) list() error {
	known, err := conntrack.List()
	if err != nil {
		return err
	}
	now := r.steady.now()
	for _, e := range known {
		r.put(conntrackEvent(r.node.Name, conntrack.Event{Kind: conntrack.Known, Entry: e}, now, now))
	}
	return nil
}

// run runs a reader in a goroutine of a kind.
func (r *readers) run(kind *sync.WaitGroup, read func() error) {
	kind.Go(func() {
		if err := read(); err != nil {
			r.mu.Lock()
			r.errs = append(r.errs, wrap(r.node.Name, err))
			r.mu.Unlock()
		}
	})
}

// rule passes on a message of the rule trace.
func (r *readers) rule(m nftrace.Message) {
	if r.ignoreConntrack {
		m.Conntrack = nil
	}
	r.put(ruleMessage(r.node.Name, m, r.steady.of(r.rules.LastIdle()), r.steady.now()))
}

// capture reads frames until the source ends.
func (r *readers) capture() error {
	for {
		data, info, err := r.frames.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		r.put(&frame{trace.Frame{
			Node: r.node.Name, Direction: capture.DirectionOf(info), Mark: uint32(capture.MarkOf(info)),
			Time: r.steady.stamp(info.Timestamp), Length: info.Length, Data: data,
		}, info.InterfaceIndex})
	}
}

// read returns the time up to which the readers have read everything. Nobody waits for those
// that failed.
func (r *readers) read() time.Time {
	r.mu.Lock()
	failed := len(r.errs) > 0
	r.mu.Unlock()
	if failed {
		return r.steady.now()
	}
	all := r.frames.Idle()
	if r.tracking != nil {
		for _, t := range []time.Time{r.rules.Idle(), r.tracking.Idle()} {
			if t.Before(all) {
				all = t
			}
		}
	}
	return r.steady.of(all)
}

// stopNetfilter ends the rule trace and the conntrack events, once everything queued has
// been read.
func (r *readers) stopNetfilter() {
	if r.probe != nil {
		r.rules.Stop()
		r.tracking.Stop()
	}
	r.netfilter.Wait()
}

// stopCapture ends the capture, once everything queued has been read.
func (r *readers) stopCapture() {
	r.frames.Stop()
	r.capturing.Wait()
}

// outcome returns the losses of stopped readers, and their errors.
func (r *readers) outcome() (lost trace.Gaps, err error) {
	lost.Lost, _ = r.frames.Lost() // an error leaves the count unchanged
	if r.probe != nil {
		lost.Steps, lost.Events = r.rules.Lost(), r.tracking.Lost()
		if lost.Untraced, err = r.probe.Untraced(); err != nil {
			err = wrap(r.node.Name, err)
		}
	}
	return lost, errors.Join(append(r.errs, err)...)
}

// sockets returns what must be closed: sockets keep a namespace in existence.
func (r *readers) sockets() []io.Closer {
	list := []io.Closer{r.frames}
	if r.probe != nil {
		list = append(list, r.probe)
	}
	if r.rules != nil {
		list = append(list, r.rules)
	}
	if r.tracking != nil {
		list = append(list, r.tracking)
	}
	return list
}

// closeAll closes sockets at the same time. Closing a packet socket or a probe waits
// for an RCU grace period of some 20 ms, which they then share.
func closeAll(list []io.Closer) {
	var all sync.WaitGroup
	for _, c := range list {
		all.Go(func() { _ = c.Close() }) // nothing can be done about an error
	}
	all.Wait()
}

// wrap adds the name of the node in which something could not be read.
func wrap(node string, err error) error {
	return fmt.Errorf("watch %s: %w", node, err)
}
