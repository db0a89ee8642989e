package live

import (
	"errors"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// watchAll opens the readers of the nodes that are not watched yet, and reports whether there
// were any. A node that disappears meanwhile is not an error.
func (r *Recorder) watchAll() (bool, error) {
	var opened atomic.Bool
	err := each(r.network.Nodes(), func(_ int, n Node) error {
		if r.watched(n) {
			return nil
		}
		opened.Store(true)
		err := r.network.Do(n.Name, func() error { return r.Watch(n) })
		if err != nil && !slices.Contains(r.network.Nodes(), n) {
			return nil
		}
		return err
	})
	return opened.Load(), err
}

// transit is the time within which a packet that is not held back crosses a network. longestCut
// is how long cut waits at most until none is on its way.
const (
	transit    = 5 * time.Millisecond
	longestCut = 40 * transit
)

// cut drops what was read before all nodes were watched: of packets that passed meanwhile, some
// nodes have recorded nothing. It cuts where no packet is on its way, unless there always is one.
func (r *Recorder) cut() {
	for limit := time.Now().Add(longestCut); ; time.Sleep(transit) {
		begin := r.steady.now()
		for r.allRead().Before(begin) {
			time.Sleep(time.Millisecond)
		}
		if r.queue.dropUntil(begin, transit) || time.Now().After(limit) {
			return
		}
	}
}

func (r *Recorder) watched(n Node) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.readers[n.Name] != nil
}

// leave closes the readers of nodes that have disappeared: their sockets would keep the
// namespaces in existence.
func (r *Recorder) leave() error {
	nodes := r.network.Nodes()
	gone := r.remove(func(n Node) bool { return !slices.Contains(nodes, n) })
	err := r.stopAll(gone)
	closeAll(sockets(gone))
	return err
}

// remove removes and returns readers, selected by their nodes.
func (r *Recorder) remove(which func(Node) bool) (list []*readers) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, of := range r.readers {
		if which(of.node) {
			list = append(list, of)
			delete(r.readers, name)
		}
	}
	return list
}

// stopReaders ends all readers after they have handed over what is queued, and returns
// their sockets for closing.
func (r *Recorder) stopReaders() ([]io.Closer, error) {
	all := r.remove(func(Node) bool { return true })
	return sockets(all), r.stopAll(all)
}

// stopAll ends readers, and records what they have lost. The rule traces end before the
// captures, so that they contain no packet whose frames are missing.
func (r *Recorder) stopAll(list []*readers) (err error) {
	forAll(list, (*readers).stopNetfilter)
	r.end = r.steady.now()
	forAll(list, (*readers).stopCapture)
	for _, of := range list {
		lost, failed := of.outcome()
		r.queue.missed(lost)
		if lost.Lost+lost.Steps > 0 {
			r.lossy = append(r.lossy, of.node.Name)
		}
		if lost.Untraced > 0 {
			r.sampled = append(r.sampled, of.node.Name)
		}
		err = errors.Join(err, failed)
	}
	return err
}

// forAll calls f for all readers at the same time, and waits.
func forAll(list []*readers, f func(*readers)) {
	var all sync.WaitGroup
	for _, of := range list {
		all.Go(func() { f(of) })
	}
	all.Wait()
}

func sockets(list []*readers) (out []io.Closer) {
	for _, of := range list {
		out = append(out, of.sockets()...)
	}
	return out
}
