package judge

import (
	"maps"
	"sync"
	"time"
)

// traffic is what programs know about the packets that they have sent and received.
type traffic struct {
	mu       sync.Mutex
	sent     map[Tag]Sending
	received map[Tag]map[string]int // how often, by node
	answers  []string               // of the requests, in words, for the log
	began    time.Time              // of the first request
	joined   map[string]bool        // nodes with a member of a multicast group
}

// Sending is who sent a tag, and how often.
type Sending struct {
	Node  string
	Times int
}

func newTraffic() *traffic {
	return &traffic{sent: map[Tag]Sending{}, received: map[Tag]map[string]int{}, joined: map[string]bool{}}
}

// send notes that a node has sent a tag, or tried to.
func (t *traffic) send(node string, tag Tag) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent[tag] = Sending{node, t.sent[tag].Times + 1}
}

// receive notes that a node's socket received a tag.
func (t *traffic) receive(node string, tag Tag) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.received[tag] == nil {
		t.received[tag] = map[string]int{}
	}
	t.received[tag][node]++
}

// into copies the log.
func (t *traffic) into(e *Evidence) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.Began, e.Sent, e.Joined = t.began, maps.Clone(t.sent), maps.Clone(t.joined)
	e.Received = map[Tag]map[string]int{}
	for tag, by := range t.received {
		e.Received[tag] = maps.Clone(by)
	}
}

// answer notes how a request ended.
func (t *traffic) answer(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.answers = append(t.answers, text)
}
