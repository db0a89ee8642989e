package trace

import "net/netip"

// Engine is a Docker Engine: what it knows about networks and containers, and the kernel
// does not. A lab's engine is described by its scenario; a real one reports it over its API.
type Engine struct {
	Version    string            `json:"version"` // "20.10"
	Networks   []EngineNetwork   `json:"networks,omitempty"`
	Containers []EngineContainer `json:"containers,omitempty"` // running ones, in the order of their creation
}

// EngineNetwork is one of an engine's networks.
type EngineNetwork struct {
	Name     string            `json:"name"`   // as docker network ls prints it
	Driver   string            `json:"driver"` // "bridge", "host", "null"
	Subnet   netip.Prefix      `json:"subnet,omitzero"`
	Gateway  netip.Addr        `json:"gateway,omitzero"`
	Subnet6  netip.Prefix      `json:"subnet6,omitzero"` // of IPv6, if the network has it
	Gateway6 netip.Addr        `json:"gateway6,omitzero"`
	Internal bool              `json:"internal,omitempty"`
	Options  map[string]string `json:"options,omitempty"` // "com.docker.network.driver.mtu": "1460"
}

// DefaultNetwork is the network of containers that name none.
const DefaultNetwork = "bridge"

// EngineContainer is a running container.
type EngineContainer struct {
	Name      string           `json:"name"`
	Node      string           `json:"node,omitempty"`  // of the [State]; empty: it is not one
	Image     string           `json:"image,omitempty"` // empty: not known
	Endpoints []EngineEndpoint `json:"endpoints,omitempty"`
	Ports     []EnginePort     `json:"ports,omitempty"` // published and exposed ones
}

// EngineEndpoint is a container's place in a network.
type EngineEndpoint struct {
	Network  string       `json:"network"`
	Address  netip.Prefix `json:"address,omitzero"`
	Gateway  netip.Addr   `json:"gateway,omitzero"`
	Address6 netip.Prefix `json:"address6,omitzero"`
	Gateway6 netip.Addr   `json:"gateway6,omitzero"`
	MAC      MAC          `json:"mac,omitzero"`

	// DNSNames are the names by which Docker's DNS server knows the container in a
	// user-defined network; its own is the first.
	DNSNames []string `json:"dns_names,omitempty"`
}

// EnginePort is a port of a container. If the host publishes it at several addresses, it
// occurs once for each.
type EnginePort struct {
	Port     uint16         `json:"port"`
	Protocol string         `json:"protocol"`      // "tcp", "udp"
	Host     netip.AddrPort `json:"host,omitzero"` // where it is published; invalid: only exposed
}

// Container returns the container with the given name, or nil.
func (e *Engine) Container(name string) *EngineContainer {
	for i := range e.Containers {
		if e.Containers[i].Name == name {
			return &e.Containers[i]
		}
	}
	return nil
}

// Network returns the network with the given name, or nil.
func (e *Engine) Network(name string) *EngineNetwork {
	for i := range e.Networks {
		if e.Networks[i].Name == name {
			return &e.Networks[i]
		}
	}
	return nil
}
