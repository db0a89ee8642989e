package nftrace

import "tracer/trace/internal/nfevents"

// groupTrace is NFNLGRP_NFTRACE (linux/netfilter/nfnetlink.h).
const groupTrace = 9

// Reader reads the rule trace of one network namespace.
type Reader = nfevents.Reader[Message]

// Listen starts reading the rule trace of the calling thread's network namespace.
// Messages are queued from then on, and handed over by [Reader.Run]. The error wraps
// [errors.ErrUnsupported] on systems other than Linux.
func Listen() (*Reader, error) { return nfevents.NewReader(decode, groupTrace) }
