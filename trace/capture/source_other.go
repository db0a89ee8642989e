//go:build !linux

package capture

import (
	"errors"
	"fmt"

	"github.com/google/gopacket"
)

// A Source takes the frames of all interfaces of one network namespace. Only
// Linux has it; here all methods return an error wrapping
// errors.ErrUnsupported.
type Source struct{}

var errPlatform = fmt.Errorf("packet socket: %w on this system", errors.ErrUnsupported)

// Listen returns an error wrapping errors.ErrUnsupported.
func Listen() (*Source, error) { return nil, errPlatform }

// Run returns an error wrapping errors.ErrUnsupported.
func (s *Source) Run(func(Frame)) error { return errPlatform }

// Stop does nothing.
func (s *Source) Stop() {}

// Missed returns an error wrapping errors.ErrUnsupported.
func (s *Source) Missed() (uint64, error) { return 0, errPlatform }

// Close does nothing.
func (s *Source) Close() error { return nil }

// ReadPacketData returns an error wrapping errors.ErrUnsupported.
func (s *Source) ReadPacketData() (data []byte, info gopacket.CaptureInfo, err error) {
	return nil, info, errPlatform
}

// ZeroCopyReadPacketData returns an error wrapping errors.ErrUnsupported.
func (s *Source) ZeroCopyReadPacketData() (data []byte, info gopacket.CaptureInfo, err error) {
	return nil, info, errPlatform
}
