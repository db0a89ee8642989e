package live

import "time"

// The limits of one session's recording. They keep a process below 512 MiB for any
// traffic: a frame takes some 1,500 bytes once it has been followed, and a netfilter
// message 600 until then. Package export can read the trace of a full recording.
const (
	mostFrames   = 100_000
	mostBytes    = 64 << 20 // of frames
	mostMessages = 200_000  // of the rule trace and of connection tracking
)

// room counts what a recording has used of its limits. Once it reaches one of them, the
// recording is full: it keeps neither frames nor messages, so those that it has kept
// belong together.
type room struct {
	frames, bytes, messages int
	full                    bool
	since                   time.Time // the time of the earliest frame or message not kept
}

// frame takes the room for a frame, and reports whether there was any.
func (r *room) frame(length int, at time.Time) bool {
	return r.take(room{frames: 1, bytes: length}, at)
}

// message does the same for a message.
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

// end is the end of a recording that was stopped at this time.
func (r *room) end(stopped time.Time) time.Time {
	if r.full {
		return r.since
	}
	return stopped
}
