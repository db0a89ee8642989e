package listing

import (
	"bytes"
	"encoding/json"
	"fmt"
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
		inspectedPlace
		Networks map[string]inspectedPlace
	}
	inspectedBinding struct{ HostIp, HostPort string }
	inspectedPlace   struct {
		Gateway     string
		IPAddress   string
		IPPrefixLen int
		MacAddress  string
	}

	inspectedNetwork struct {
		Name       string
		Scope      string
		Driver     string
		IPAM       struct{ Config []inspectedSubnet }
		Internal   bool
		Containers map[string]inspectedMember
		Options    map[string]string
	}
	inspectedSubnet struct {
		Subnet  string
		Gateway string `json:",omitempty"`
	}
	inspectedMember struct{ Name, MacAddress, IPv4Address string }
)

// neverHairpin is the release that prints false as the hairpin mode of every container, even
// when the bridge's port has it.
const neverHairpin = "20.10"

func inspectContainer(e *trace.Engine, c *trace.EngineContainer) ([]string, error) {
	d := inspected{Name: "/" + c.Name, Config: inspectedConfig{map[string]struct{}{}, c.Image}}
	d.NetworkSettings.Ports, d.NetworkSettings.Networks = map[string][]inspectedBinding{}, map[string]inspectedPlace{}
	if e.Version == neverHairpin {
		d.NetworkSettings.HairpinMode = new(bool)
	}
	for _, p := range sorted(c.Ports) {
		key := fmt.Sprintf("%d/%s", p.Port, p.Protocol)
		list := d.NetworkSettings.Ports[key]
		if p.Host.IsValid() {
			list = append(list, inspectedBinding{p.Host.Addr().String(), fmt.Sprint(p.Host.Port())})
		}
		d.Config.ExposedPorts[key], d.NetworkSettings.Ports[key] = struct{}{}, list
	}
	for _, e := range c.Endpoints {
		var at inspectedPlace
		if !e.MAC.IsZero() {
			at.MacAddress = e.MAC.String()
		}
		if e.Address.IsValid() {
			at.IPAddress, at.IPPrefixLen = e.Address.Addr().String(), e.Address.Bits()
		}
		if e.Gateway.IsValid() {
			at.Gateway = e.Gateway.String()
		}
		if d.NetworkSettings.Networks[e.Network] = at; e.Network == trace.DefaultNetwork {
			d.NetworkSettings.inspectedPlace = at
		}
	}
	return indented([]inspected{d})
}

func inspectNetwork(e *trace.Engine, n *trace.EngineNetwork) ([]string, error) {
	d := inspectedNetwork{Name: n.Name, Scope: "local", Driver: n.Driver, Internal: n.Internal, Containers: map[string]inspectedMember{}, Options: n.Options}
	if d.Options == nil {
		d.Options = map[string]string{}
	}
	d.IPAM.Config = []inspectedSubnet{}
	if n.Subnet.IsValid() {
		s := inspectedSubnet{Subnet: n.Subnet.String()}
		if n.Gateway.IsValid() {
			s.Gateway = n.Gateway.String()
		}
		d.IPAM.Config = append(d.IPAM.Config, s)
	}
	for _, c := range e.Containers {
		for _, at := range c.Endpoints {
			if at.Network == n.Name {
				member := inspectedMember{Name: c.Name}
				if at.Address.IsValid() {
					member.MacAddress, member.IPv4Address = at.MAC.String(), at.Address.String()
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
