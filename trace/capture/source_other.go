//go:build !linux

package capture

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/google/gopacket"
)

// A Source exists only on Linux: elsewhere Listen fails.
type Source struct{}

// Listen returns an error that wraps [errors.ErrUnsupported].
func Listen() (*Source, error) {
	return nil, fmt.Errorf("packet socket on %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// ListenUnfragmented returns the same error as [Listen].
func ListenUnfragmented() (*Source, error) { return Listen() }

// Marks returns false.
func (s *Source) Marks() bool { return false }

// ReadPacketData returns [errors.ErrUnsupported].
func (s *Source) ReadPacketData() (data []byte, info gopacket.CaptureInfo, err error) {
	return nil, info, errors.ErrUnsupported
}

// Stop does nothing.
func (s *Source) Stop() {}

// Idle returns the zero time.
func (s *Source) Idle() time.Time { return time.Time{} }

// Lost returns 0.
func (s *Source) Lost() (uint64, error) { return 0, nil }

// Close does nothing.
func (s *Source) Close() error { return nil }
