package confine

import "errors"

// The kinds of failure that callers can distinguish with [errors.Is].
var (
	ErrPrivilege    = errors.New("not permitted")
	ErrNotSupported = errors.New("not supported here")
	ErrNobody       = errors.New("no first process to ask")
)
