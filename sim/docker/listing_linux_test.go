package docker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"tracer/sim/labtest"
	"tracer/sim/labtest/dockerd"
	"tracer/trace"
	"tracer/trace/listing"
)

// TestListings: of what a real engine reports over its interface, the listings are those that
// the docker command prints.
func TestListings(t *testing.T) {
	real := start(t, dockerd.Debian(t))
	n := populate(t, real)
	listText(t, real, n)
	listJSON(t, real, n)
}

// TestListingsBuilt: so are those of objects with a newer engine.
func TestListingsBuilt(t *testing.T) {
	real := start(t, dockerd.Built(t))
	listJSON(t, real, populate(t, real))
}

// populate starts containers, and returns the node that runs them.
func populate(t *testing.T, real *realEngine) *trace.Node {
	t.Helper()
	real.Load(t)
	real.Must(t, "network", "create", "--subnet", "172.28.0.0/16", "--gateway", "172.28.0.1", "-o", "com.docker.network.bridge.name=br-back", "-o", "com.docker.network.driver.mtu=1460", "back")
	real.Must(t, "network", "create", "--internal", "--subnet", "172.29.0.0/16", "closed")
	real.Must(t, "run", "-d", "--name", "web", "-p", "80:5000", "echo")
	real.Must(t, "run", "-d", "--name", "many", "--expose", "2368", "--expose", "2369", "--expose", "99/udp", "-p", "127.0.0.1:81:80", "-p", "53:53/udp", "-p", "8000-8002:8000-8002", "-p", "8004:8004", "echo")
	real.Must(t, "run", "-d", "--name", "other", "--network", "back", "-p", "9000:80", "-p", "9001:80", "-p", "90:80/udp", "echo", "/echo", "two words", "and more than twenty")
	real.Must(t, "run", "-d", "--name", "quiet", "--network", "closed", "echo")
	labtest.Do(t, real.Namespace, hairpin) // which docker inspect does not print
	return &trace.Node{Name: "host", Engine: reported(t, real)}
}

func list(t *testing.T, n *trace.Node, command string) []string {
	t.Helper()
	lines, err := listing.Lines(n, strings.Fields(command))
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return lines
}

// oldBrackets is how docker commands before release 28 print "[::]:".
var oldBrackets = regexp.MustCompile(`\B:::`)

// loosely returns lines without what these commands print differently: the widths of columns,
// and the order of what docker port prints, which is random.
func loosely(lines []string) (out []string) {
	for _, line := range lines {
		out = append(out, strings.Join(strings.Fields(line), " "))
	}
	if strings.Contains(lines[0], "->") {
		slices.Sort(out)
	}
	return out
}

func listText(t *testing.T, real *realEngine, n *trace.Node) {
	for command, args := range map[string][]string{
		"docker ps":         {"ps", "--format", `table {{.Image}}\t{{.Ports}}\t{{.Names}}`},
		"docker network ls": {"network", "ls", "--format", `table {{.Name}}\t{{.Driver}}\t{{.Scope}}`},
		"docker port web":   {"port", "web"}, "docker port many": {"port", "many"}, "docker port other": {"port", "other"}, "docker port quiet": {"port", "quiet"},
	} {
		printed, got := real.Must(t, args...), list(t, n, command)
		old := oldBrackets.MatchString(printed)
		var want []string
		for line := range strings.Lines(oldBrackets.ReplaceAllString(printed, "[::]:")) {
			want = append(want, strings.TrimRight(line, " \n"))
		}
		if old {
			got, want = loosely(got), loosely(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s\n%s\nnot\n%s", command, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func listJSON(t *testing.T, real *realEngine, n *trace.Node) {
	for command, args := range map[string][]string{
		"docker inspect web": {"inspect", "web"}, "docker inspect many": {"inspect", "many"}, "docker inspect quiet": {"inspect", "quiet"},
		"docker network inspect bridge": {"network", "inspect", "bridge"}, "docker network inspect back": {"network", "inspect", "back"}, "docker inspect closed": {"network", "inspect", "closed"},
	} {
		var got, want any
		decode(t, strings.Join(list(t, n, command), "\n"), &got)
		decode(t, real.Must(t, args...), &want)
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
	out := &trace.Engine{Version: real.Version}
	for _, name := range strings.Fields(real.Must(t, "network", "ls", "--format", "{{.Name}}")) {
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
		decode(t, real.Must(t, "network", "inspect", name), &list)
		n := trace.EngineNetwork{Name: list[0].Name, Driver: list[0].Driver, Internal: list[0].Internal, Options: list[0].Options}
		for _, c := range list[0].IPAM.Config {
			n.Subnet = c.Subnet
			n.Gateway, _ = netip.ParseAddr(c.Gateway) // an engine that chose it does not name it
		}
		out.Networks = append(out.Networks, n)
	}
	for _, name := range []string{"web", "many", "other", "quiet"} {
		out.Containers = append(out.Containers, reportedContainer(t, real.Must(t, "inspect", name)))
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
