package judge

import (
	"errors"
	"testing"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/correlate"
	"tracer/trace/live"
)

func TestMain(m *testing.M) { labtest.Main(m, nil) }

// recorded is the [live.Network] of a world.
type recorded struct{ *World }

func (r recorded) Nodes() (list []live.Node) {
	for _, n := range r.Network.Nodes {
		list = append(list, live.Node{Name: n.Name, Role: n.Role})
	}
	return list
}

func (r recorded) Snapshot() (correlate.Snapshot, error) {
	s, err := live.ReadNodes(r.Nodes(), r.Do)
	for _, w := range r.Network.Wires {
		connect(s.State, w.A, w.B)
		connect(s.State, w.B, w.A)
	}
	return s, err
}

func connect(s *trace.State, at, peer Port) {
	if n := s.Node(at.Node); n != nil {
		if i := n.Interface(at.Interface); i != nil {
			i.Peer = peer.String()
		}
	}
}

func (r recorded) Splices() []trace.Splice { return nil }

// record builds a network, records its traffic as tracer does, and returns what the judge
// has seen of it. done takes the network down.
func record(t *testing.T, n *Network) (tr *trace.Trace, e *Evidence, done func()) {
	t.Helper()
	tr, e, done, err := try(n)
	if err != nil {
		done()
		t.Fatalf("%v\n%s", err, n)
	}
	return tr, e, done
}

// try is record, with an error. done must be called even then.
func try(n *Network) (tr *trace.Trace, e *Evidence, done func(), err error) {
	w, err := Build(n)
	if err != nil {
		return nil, nil, w.Close, err
	}
	o, err := w.Observe()
	if err != nil {
		return nil, nil, w.Close, err
	}
	recorder := live.NewRecorder(live.Options{})
	err = recorder.Start(recorded{w})
	if err == nil {
		err = errors.Join(w.Send(), o.Settle())
	}
	if err == nil {
		tr, err = recorder.Stop()
	}
	recorder.Close()
	e, failed := o.Evidence()
	return tr, e, w.Close, errors.Join(err, failed)
}
