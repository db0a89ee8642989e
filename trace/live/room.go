package live

import "time"

// The limits of a recording: of all that is kept or, where packets are handed over, of what
// was read and has not been handed over yet. They keep a process below 512 MiB whatever the
// traffic: a frame takes some 1,500 bytes once it has been followed, and a netfilter message
// 600 until then. Package export can read the trace of a full recording.
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

// within reports whether the amount is not more than a limit in any respect.
func (a amount) within(limit amount) bool {
	return a.frames <= limit.frames && a.bytes <= limit.bytes && a.messages <= limit.messages
}

// room counts how much evidence there is. At its limit it is full: it then takes neither
// frames nor messages until half of it is free again. So the evidence that it has taken
// belongs together, and what is lost is lost in one stretch.
type room struct {
	limit amount
	used  amount
	full  bool
	since time.Time // if it is full: when the earliest evidence passed that was not taken
}

// take takes the room for evidence of a time, and reports whether there was any.
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

// free gives room back.
func (r *room) free(a amount) {
	r.used = r.used.minus(a)
	r.full = r.full && !r.used.within(amount{r.limit.frames / 2, r.limit.bytes / 2, r.limit.messages / 2})
}

// end is the end of a recording that was stopped at this time.
func (r *room) end(stopped time.Time) time.Time {
	if r.full {
		return r.since
	}
	return stopped
}
