package docker

import (
	"fmt"
	"slices"
	"strings"
)

// What a container can have instead of a bridge network, as in docker run --network: the
// host's namespace, one without an interface, or that of another container.
const (
	hostNetwork      = "host"
	noNetwork        = "none"
	containerNetwork = "container:"
)

// Joins returns the node whose namespace the container shares: the host, or another
// container; empty if it has its own.
func (c Container) Joins(host string) string {
	if c.Network == hostNetwork {
		return host
	}
	if other, ok := strings.CutPrefix(c.Network, containerNetwork); ok {
		return other
	}
	return ""
}

// Unattached reports whether the container has the network "host" or "none", which Docker
// lists like others although it attaches nothing to them.
func (c Container) Unattached() bool { return c.Network == hostNetwork || c.Network == noNetwork }

// special checks a container that is not attached to a bridge. before are the containers that
// run already.
func (e *Engine) special(c *Container, before []Container) error {
	other, joins := strings.CutPrefix(c.Network, containerNetwork)
	switch {
	case !c.Unattached() && !joins:
		return fmt.Errorf("container %s: there is no network %q", c.Name, c.Network)
	case len(c.Aliases) > 0:
		return errAliases(c.Name)
	case len(c.Publish)+len(c.Expose) > 0 || c.Address.IsValid() || c.Address6.IsValid() || !c.MAC.IsZero() || c.Veth != "" || c.Index != 0 || len(c.Also) > 0:
		return fmt.Errorf("container %s has network %s, and so neither ports nor an interface for the engine to set up", c.Name, c.Network)
	case joins && !slices.ContainsFunc(before, func(b Container) bool { return b.Name == other && b.Joins("host") == "" }):
		return fmt.Errorf("container %s: no container above it is named %q and has a namespace of its own", c.Name, other)
	}
	return nil
}

// errAliases is the error for aliases where there is no DNS server.
func errAliases(container string) error {
	return fmt.Errorf("container %s has aliases, which only user-defined networks support", container)
}
