package docker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/listing"
)

// TestListings: of what a real engine reports over its interface, the listings are those that
// the docker command prints.
func TestListings(t *testing.T) {
	real := startRealEngine(t)
	real.load(t)
	real.must(t, "network", "create", "--subnet", "172.28.0.0/16", "--gateway", "172.28.0.1", "-o", "com.docker.network.bridge.name=br-back", "-o", "com.docker.network.driver.mtu=1460", "back")
	real.must(t, "network", "create", "--internal", "--subnet", "172.29.0.0/16", "closed")
	real.must(t, "run", "-d", "--name", "web", "-p", "80:5000", "echo")
	real.must(t, "run", "-d", "--name", "many", "--expose", "2368", "--expose", "2369", "--expose", "99/udp", "-p", "127.0.0.1:81:80", "-p", "53:53/udp", "-p", "8000-8002:8000-8002", "-p", "8004:8004", "echo")
	real.must(t, "run", "-d", "--name", "other", "--network", "back", "-p", "9000:80", "-p", "9001:80", "-p", "90:80/udp", "echo", "/echo", "two words", "and more than twenty")
	real.must(t, "run", "-d", "--name", "quiet", "--network", "closed", "echo")
	labtest.Do(t, real.ns, hairpin) // which docker inspect does not print
	n := &trace.Node{Name: "host", Engine: reported(t, real)}
	list := func(command string) []string {
		lines, err := listing.Lines(n, strings.Fields(command))
		if err != nil {
			t.Fatalf("%s: %v", command, err)
		}
		return lines
	}
	for command, args := range map[string][]string{
		"docker ps":         {"ps", "--format", `table {{.Image}}\t{{.Ports}}\t{{.Names}}`},
		"docker network ls": {"network", "ls", "--format", `table {{.Name}}\t{{.Driver}}\t{{.Scope}}`},
		"docker port web":   {"port", "web"}, "docker port many": {"port", "many"}, "docker port other": {"port", "other"}, "docker port quiet": {"port", "quiet"},
	} {
		var want []string
		for line := range strings.Lines(real.must(t, args...)) {
			want = append(want, strings.TrimRight(line, " \n"))
		}
		if got := list(command); !slices.Equal(got, want) {
			t.Errorf("%s\n%s\nnot\n%s", command, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	for command, args := range map[string][]string{
		"docker inspect web": {"inspect", "web"}, "docker inspect many": {"inspect", "many"}, "docker inspect quiet": {"inspect", "quiet"},
		"docker network inspect bridge": {"network", "inspect", "bridge"}, "docker network inspect back": {"network", "inspect", "back"}, "docker inspect closed": {"network", "inspect", "closed"},
	} {
		var got, want any
		decode(t, strings.Join(list(command), "\n"), &got)
		decode(t, real.must(t, args...), &want)
		if text := contains(want, got); text != "" {
			t.Errorf("%s: %s", command, text)
		}
	}
}

// hairpin turns on the hairpin mode of all ports of bridges in the calling thread's namespace.
func hairpin() error {
	handle, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer handle.Close()
	list, err := handle.LinkList()
	ports := 0
	for _, l := range list {
		if l.Attrs().MasterIndex != 0 {
			ports++
			err = errors.Join(err, handle.LinkSetHairpin(l, true))
		}
	}
	if ports == 0 {
		err = errors.Join(err, errors.New("no bridge has a port"))
	}
	return err
}

func decode(t *testing.T, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// contains reports which part of a value is not in another one, as text. Where docker has a
// container's id as key, the listing has its name.
func contains(whole, part any) string {
	switch part := part.(type) {
	case map[string]any:
		object, ok := whole.(map[string]any)
		if !ok {
			return fmt.Sprintf("%v is not an object", whole)
		}
		byName := map[string]any{}
		for _, v := range object {
			if member, ok := v.(map[string]any); ok && member["EndpointID"] != nil && member["Name"] != nil {
				byName[member["Name"].(string)] = v
			}
		}
		for key, v := range part {
			in, ok := object[key]
			if !ok {
				if in, ok = byName[key]; !ok {
					return key + " is not there"
				}
			}
			if text := contains(in, v); text != "" {
				return key + ": " + text
			}
		}
		return ""
	case []any:
		list, ok := whole.([]any)
		if !ok || len(list) != len(part) {
			return fmt.Sprintf("%v, and docker prints %v", part, whole)
		}
		for i := range part {
			if text := contains(list[i], part[i]); text != "" {
				return text
			}
		}
		return ""
	}
	if !reflect.DeepEqual(whole, part) {
		return fmt.Sprintf("%v, and docker prints %v", part, whole)
	}
	return ""
}

// reported is what an engine reports about itself, as a reader of real engines would get it.
func reported(t *testing.T, real *realEngine) *trace.Engine {
	t.Helper()
	out := &trace.Engine{Version: "20.10"}
	for _, name := range strings.Fields(real.must(t, "network", "ls", "--format", "{{.Name}}")) {
		var list []struct {
			Name, Driver string
			Internal     bool
			IPAM         struct {
				Config []struct {
					Subnet  netip.Prefix
					Gateway string
				}
			}
			Options map[string]string
		}
		decode(t, real.must(t, "network", "inspect", name), &list)
		n := trace.EngineNetwork{Name: list[0].Name, Driver: list[0].Driver, Internal: list[0].Internal, Options: list[0].Options}
		for _, c := range list[0].IPAM.Config {
			n.Subnet = c.Subnet
			n.Gateway, _ = netip.ParseAddr(c.Gateway) // an engine that chose it does not name it
		}
		out.Networks = append(out.Networks, n)
	}
	for _, name := range []string{"web", "many", "other", "quiet"} {
		out.Containers = append(out.Containers, reportedContainer(t, real.must(t, "inspect", name)))
	}
	return out
}

func reportedContainer(t *testing.T, text string) trace.EngineContainer {
	t.Helper()
	var list []struct {
		Name   string
		Config struct{ Image string }

		NetworkSettings struct {
			Ports    map[string][]struct{ HostIp, HostPort string }
			Networks map[string]struct {
				Gateway, IPAddress, MacAddress string
				IPPrefixLen                    int
			}
		}
	}
	decode(t, text, &list)
	d := list[0]
	c := trace.EngineContainer{Name: strings.TrimPrefix(d.Name, "/"), Image: d.Config.Image}
	for key, hosts := range d.NetworkSettings.Ports {
		var p trace.EnginePort
		if _, err := fmt.Sscanf(key, "%d/%s", &p.Port, &p.Protocol); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		if hosts == nil {
			c.Ports = append(c.Ports, p)
		}
		for _, h := range hosts {
			p.Host = netip.MustParseAddrPort("[::]:" + h.HostPort)
			if h.HostIp != "::" {
				p.Host = netip.MustParseAddrPort(h.HostIp + ":" + h.HostPort)
			}
			c.Ports = append(c.Ports, p)
		}
	}
	for name, n := range d.NetworkSettings.Networks {
		e := trace.EngineEndpoint{Network: name, Address: netip.PrefixFrom(netip.MustParseAddr(n.IPAddress), n.IPPrefixLen)}
		e.Gateway, _ = netip.ParseAddr(n.Gateway) // an internal network has none
		var err error
		if e.MAC, err = trace.ParseMAC(n.MacAddress); err != nil {
			t.Fatal(err)
		}
		c.Endpoints = append(c.Endpoints, e)
	}
	return c
}
