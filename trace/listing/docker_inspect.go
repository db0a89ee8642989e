package listing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"tracer/trace"
)

// The objects that docker inspect and docker network inspect print, with the keys that
// concern networks, in docker's order. Where docker has a container's id, the name stands.
type (
	inspected struct {
		Name            string
		Config          inspectedConfig
		NetworkSettings inspectedSettings
	}
	inspectedConfig struct {
		ExposedPorts map[string]struct{} `json:",omitempty"`
		Image        string              `json:",omitempty"`
	}
	inspectedSettings struct {
		Ports       map[string][]inspectedBinding
		HairpinMode *bool `json:",omitempty"`
		*inspectedPlace
		Networks map[string]inspectedPlace
	}
	inspectedBinding struct{ HostIp, HostPort string }
	inspectedPlace   struct {
		Aliases             []string `json:",omitempty"` // of old releases
		Gateway             string
		GlobalIPv6Address   string `json:",omitempty"`
		GlobalIPv6PrefixLen int    `json:",omitempty"`
		IPAddress           string
		IPPrefixLen         int
		IPv6Gateway         string `json:",omitempty"`
		MacAddress          string
		DNSNames            []string `json:",omitempty"` // of new ones
	}

	inspectedNetwork struct {
		Name       string
		Scope      string
		Driver     string
		EnableIPv6 bool `json:",omitempty"`
		IPAM       struct{ Config []inspectedSubnet }
		Internal   bool
		Containers map[string]inspectedMember
		Options    map[string]string
	}
	inspectedSubnet struct {
		Subnet  string
		Gateway string `json:",omitempty"`
	}
	inspectedMember struct {
		Name, MacAddress, IPv4Address string
		IPv6Address                   string `json:",omitempty"`
	}
)

// oldest is the release that prints false as the hairpin mode of every container, even when
// the bridge's port has it, and the names of containers as aliases.
const oldest = "20.10"

// placeless begins the names of the releases that no longer repeat a container's place in the
// default network outside of the list of its networks.
const placeless = "29"

func inspectContainer(e *trace.Engine, c *trace.EngineContainer) ([]string, error) {
	d := inspected{Name: "/" + c.Name, Config: inspectedConfig{map[string]struct{}{}, c.Image}}
	d.NetworkSettings.Ports, d.NetworkSettings.Networks = map[string][]inspectedBinding{}, map[string]inspectedPlace{}
	if e.Version == oldest {
		d.NetworkSettings.HairpinMode = new(bool)
	}
	if !strings.HasPrefix(e.Version, placeless) {
		d.NetworkSettings.inspectedPlace = &inspectedPlace{}
	}
	for _, p := range sorted(c.Ports) {
		key := fmt.Sprintf("%d/%s", p.Port, p.Protocol)
		list := d.NetworkSettings.Ports[key]
		if p.Host.IsValid() {
			list = append(list, inspectedBinding{p.Host.Addr().String(), fmt.Sprint(p.Host.Port())})
		}
		d.Config.ExposedPorts[key], d.NetworkSettings.Ports[key] = struct{}{}, list
	}
	version := e.Version
	for _, e := range c.Endpoints {
		at := named(version, e.DNSNames)
		if !e.MAC.IsZero() {
			at.MacAddress = e.MAC.String()
		}
		if e.Address.IsValid() {
			at.IPAddress, at.IPPrefixLen = e.Address.Addr().String(), e.Address.Bits()
		}
		if e.Address6.IsValid() {
			at.GlobalIPv6Address, at.GlobalIPv6PrefixLen = e.Address6.Addr().String(), e.Address6.Bits()
		}
		if e.Gateway6.IsValid() {
			at.IPv6Gateway = e.Gateway6.String()
		}
		if e.Gateway.IsValid() {
			at.Gateway = e.Gateway.String()
		}
		if d.NetworkSettings.Networks[e.Network] = at; e.Network == trace.DefaultNetwork && d.NetworkSettings.inspectedPlace != nil {
			*d.NetworkSettings.inspectedPlace = at
		}
	}
	return indented([]inspected{d})
}

// named returns the names of a container in a network. Old releases print them without the
// container's own.
func named(version string, names []string) (at inspectedPlace) {
	if len(names) == 0 {
		return at
	}
	if version == oldest {
		at.Aliases = names[1:]
	} else {
		at.DNSNames = names
	}
	return at
}

func inspectNetwork(e *trace.Engine, n *trace.EngineNetwork) ([]string, error) {
	d := inspectedNetwork{Name: n.Name, Scope: "local", Driver: n.Driver, Internal: n.Internal, EnableIPv6: n.Subnet6.IsValid(), Containers: map[string]inspectedMember{}, Options: n.Options}
	if d.Options == nil {
		d.Options = map[string]string{}
	}
	d.IPAM.Config = []inspectedSubnet{}
	for _, s := range []struct {
		subnet  netip.Prefix
		gateway netip.Addr
	}{{n.Subnet, n.Gateway}, {n.Subnet6, n.Gateway6}} {
		if s.subnet.IsValid() {
			one := inspectedSubnet{Subnet: s.subnet.String()}
			if s.gateway.IsValid() {
				one.Gateway = s.gateway.String()
			}
			d.IPAM.Config = append(d.IPAM.Config, one)
		}
	}
	for _, c := range e.Containers {
		for _, at := range c.Endpoints {
			if at.Network == n.Name {
				member := inspectedMember{Name: c.Name}
				if at.Address.IsValid() {
					member.MacAddress, member.IPv4Address = at.MAC.String(), at.Address.String()
				}
				if at.Address6.IsValid() {
					member.IPv6Address = at.Address6.String()
				}
				d.Containers[c.Name] = member
			}
		}
	}
	return indented([]inspectedNetwork{d})
}

// indented returns the lines of a JSON text as docker prints it.
func indented(v any) ([]string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n"), nil
}
