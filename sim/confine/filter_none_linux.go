//go:build linux && !amd64 && !arm64

package confine

// filter does nothing: which number a system call has is only known here for the
// architectures that tracer is released for. All other limits hold.
func filter() error { return nil }
