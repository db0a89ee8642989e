//go:build !linux

package nft

import (
	"errors"
	"fmt"
)

// Install works only on Linux. Here it returns an error that wraps
// [errors.ErrUnsupported].
func (Ruleset) Install() error {
	return fmt.Errorf("write nftables rules: %w", errors.ErrUnsupported)
}

// Flush works only on Linux. Here it returns an error that wraps
// [errors.ErrUnsupported].
func (Ruleset) Flush(table string) (found bool, err error) {
	return false, fmt.Errorf("flush table %s: %w", table, errors.ErrUnsupported)
}

// Read works only on Linux. Here it returns an error that wraps
// [errors.ErrUnsupported].
func Read(func(Family, string) bool) (Ruleset, uint32, error) {
	return Ruleset{}, 0, fmt.Errorf("read nftables rules: %w", errors.ErrUnsupported)
}
