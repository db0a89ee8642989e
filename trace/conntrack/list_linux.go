package conntrack

import (
	"errors"
	"fmt"

	lib "github.com/ti-mo/conntrack"
)

// List returns the entries of the calling thread's network namespace.
func List() ([]Entry, error) {
	c, err := lib.Dial(nil)
	if err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	flows, err := c.Dump(nil)
	if err := errors.Join(err, c.Close()); err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	list := make([]Entry, len(flows))
	for i := range flows {
		list[i] = entry(&flows[i])
	}
	return list, nil
}
