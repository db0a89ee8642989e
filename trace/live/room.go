package live

import "time"

// The limits of a recording: of everything that is kept or, if packets are handed over,
// of what was read and not yet handed over. They keep a process below 512 MiB whatever
// the traffic: a frame takes some 1,500 bytes once it has been followed, and a netfilter
// message 600 until then. Package export can read the trace of a full recording.
const (
	mostFrames   = 100_000
	mostBytes    = 64 << 20 // of frames
	mostMessages = 200_000  // of the rule trace and of conntrack
)

// amount is an amount of evidence.
type amount struct {
	frames   int
	bytes    int // of frames
	messages int // of the rule trace and of conntrack
}

func (a amount) add(b amount) amount {
	return amount{a.frames + b.frames, a.bytes + b.bytes, a.messages + b.messages}
}

func (a amount) minus(b amount) amount {
	return amount{a.frames - b.frames, a.bytes - b.bytes, a.messages - b.messages}
}

// within reports whether no part of the amount exceeds a limit.
func (a amount) within(limit amount) bool {
	return a.frames <= limit.frames && a.bytes <= limit.bytes && a.messages <= limit.messages
}

// room counts the evidence held. At its limit it is full, and takes neither frames nor
// messages until half of it is free again. So the evidence that it takes belongs
// together, and losses come in one stretch.
type room struct {
	limit amount
	used  amount
	full  bool
	since time.Time // if it is full: when the earliest rejected evidence passed
}

// take takes room for evidence of a given time, and reports whether there was any.
func (r *room) take(a amount, at time.Time) bool {
	if used := r.used.add(a); !r.full && used.within(r.limit) {
		r.used = used
		return true
	}
	if !r.full || at.Before(r.since) {
		r.since = at
	}
	r.full = true
	return false
}

// free gives back room.
func (r *room) free(a amount) {
	r.used = r.used.minus(a)
	r.full = r.full && !r.used.within(amount{r.limit.frames / 2, r.limit.bytes / 2, r.limit.messages / 2})
}

// end returns the end of a recording that was stopped at the given time: when evidence
// began to be lost, if the room is full.
func (r *room) end(stopped time.Time) time.Time {
	if r.full {
		return r.since
	}
	return stopped
}
