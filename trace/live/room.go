package live

import "time"

// The limits of one session's recording. They keep a process below 512 MiB, whatever is
// sent: a frame takes some 1,500 bytes once it has been followed, and a message of
// netfilter 600 until then. The trace of a full recording is one that package export
// reads.
const (
	mostFrames   = 100_000
	mostBytes    = 64 << 20 // of frames
	mostMessages = 200_000  // of the rule trace and of connection tracking
)

// room is how much of a recording's limits is used. A recording that has reached one of
// them is full: from then on nothing is kept, of frames as of messages, so that what is
// kept goes together.
type room struct {
	frames, bytes, messages int
	full                    bool
	since                   time.Time // the earliest of what is not kept
}

// frame reports whether there is room for a frame, which is then used.
func (r *room) frame(length int, at time.Time) bool {
	return r.take(room{frames: 1, bytes: length}, at)
}

// message is the same for a message.
func (r *room) message(at time.Time) bool { return r.take(room{messages: 1}, at) }

func (r *room) take(n room, at time.Time) bool {
	if !r.full && r.frames+n.frames <= mostFrames && r.bytes+n.bytes <= mostBytes && r.messages+n.messages <= mostMessages {
		r.frames, r.bytes, r.messages = r.frames+n.frames, r.bytes+n.bytes, r.messages+n.messages
		return true
	}
	if r.full = true; r.since.IsZero() || at.Before(r.since) {
		r.since = at
	}
	return false
}

// end is when a recording ended that was stopped at some time.
func (r *room) end(stopped time.Time) time.Time {
	if r.full {
		return r.since
	}
	return stopped
}
