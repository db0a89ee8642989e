//go:build !linux

package iptables

import (
	"errors"
	"fmt"
)

// Install works only on Linux. Here it returns an error that wraps
// [errors.ErrUnsupported].
func (Ruleset) Install() error {
	return fmt.Errorf("write iptables rules: %w", errors.ErrUnsupported)
}

// Flush works only on Linux. Here it returns an error that wraps
// [errors.ErrUnsupported].
func (Ruleset) Flush(table string) (found bool, err error) {
	return false, fmt.Errorf("flush table %s: %w", table, errors.ErrUnsupported)
}

// Read works only on Linux. Here it returns an error that wraps
// [errors.ErrUnsupported].
func Read() (Ruleset, error) {
	return Ruleset{}, fmt.Errorf("read iptables rules: %w", errors.ErrUnsupported)
}
