//go:build !linux

package iptables

import (
	"errors"
	"fmt"
)

// Apply needs Linux. Elsewhere it returns an error that wraps
// [errors.ErrUnsupported].
func Apply(rs Ruleset) error {
	return fmt.Errorf("write iptables rules: %w", errors.ErrUnsupported)
}

// Read needs Linux. Elsewhere it returns an error that wraps
// [errors.ErrUnsupported].
func Read() (Ruleset, error) {
	return Ruleset{}, fmt.Errorf("read iptables rules: %w", errors.ErrUnsupported)
}
