package confine

import "errors"

// The kinds of failure a caller may want to tell apart with [errors.Is].
var (
	ErrPrivilege    = errors.New("not permitted")
	ErrNotSupported = errors.New("not supported here")
	ErrNobody       = errors.New("there is no first process to ask")
)
