package live

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tracer/sim"
	"tracer/sim/docker"
	"tracer/trace"
	"tracer/trace/listing"
)

// TestEngine: a lab's engine describes itself as a real one would.
func TestEngine(t *testing.T) {
	back := docker.Network{Name: "back", Bridge: "br-back", Gateway: netip.MustParsePrefix("172.28.0.1/16"), MTU: 1460}
	inside := docker.Network{Name: "inside", Bridge: "br-inside", Gateway: netip.MustParsePrefix("172.29.0.1/16"), Internal: true}
	publish, err := docker.ParsePublish("8000-8001:8000-8001")
	if err != nil {
		t.Fatal(err)
	}
	local, err := docker.ParsePublish("127.0.0.1:53:5353/udp")
	if err != nil {
		t.Fatal(err)
	}
	e, err := docker.Engine{Version: "20.10", Networks: []docker.Network{docker.DefaultBridge(), back, inside}, Containers: []docker.Container{
		{Name: "web", Network: "bridge", Image: "nginx", Publish: publish, Expose: []docker.Expose{{Port: 8000}, {Port: 2368}}},
		{Name: "dns", Network: "back", Publish: local, Services: []sim.Service{{Port: 5353, UDP: true, Exec: []string{"./dns", "a b"}}}},
		{Name: "inner", Network: "inside", Publish: local},
		{Name: "nginx", Network: "host"}, {Name: "alone", Network: "none"}, {Name: "aside", Network: "container:web"},
	}}.Addressed()
	if err != nil {
		t.Fatal(err)
	}
	n := &trace.Node{Name: "host", Engine: engine(&e, "host", false)}
	for command, want := range map[string][]string{
		"docker ps": {
			"IMAGE PORTS NAMES", "aside", "alone", "nginx", "127.0.0.1:53->5353/udp dns", "5353/udp inner", "nginx 2368/tcp, 0.0.0.0:8000-8001->8000-8001/tcp web",
		},
		"docker port dns":             {"5353/udp -> 127.0.0.1:53"},
		"docker inspect web":          {`"2368/tcp": null,`, `"Image": "nginx"`, `"IPAddress": "172.17.0.2",`, `"IPPrefixLen": 16,`, `"MacAddress": "02:42:ac:11:00:02",`, `"Gateway": "172.17.0.1",`},
		"docker inspect dns":          {`"HostIp": "127.0.0.1",`, `"Gateway": "",`, `"Gateway": "172.28.0.1",`, `"IPAddress": "172.28.0.2",`},
		"docker inspect back":         {`"Subnet": "172.28.0.0/16",`, `"com.docker.network.driver.mtu": "1460"`, `"com.docker.network.bridge.name": "br-back",`, `"IPv4Address": "172.28.0.2/16"`},
		"docker network inspect host": {`"Driver": "host",`, `"Config": []`, `"nginx": {`, `"MacAddress": "",`},
		"docker inspect nginx":        {`"host": {`, `"MacAddress": ""`},
		"docker inspect alone":        {`"none": {`},
		"docker inspect aside":        {`"Networks": {}`},
		"docker network ls":           {"back bridge local", "bridge bridge local", "host host local", "none null local"},
	} {
		lines, err := listing.Lines(n, strings.Fields(command))
		if err != nil {
			t.Errorf("%s: %v", command, err)
			continue
		}
		for i, line := range lines {
			lines[i] = strings.Join(strings.Fields(line), " ")
		}
		for _, line := range want {
			if !slices.Contains(lines, line) {
				t.Errorf("%s lacks %q:\n%s", command, line, strings.Join(lines, "\n"))
			}
		}
	}
}

// TestEngineOptions: so do the options of networks, and the containers of an internal network
// have no gateway since Engine 28.
func TestEngineOptions(t *testing.T) {
	bridge := docker.DefaultBridge()
	bridge.NoICC = true
	e, err := docker.Engine{Version: "29", Networks: []docker.Network{
		bridge,
		{Name: "open", Bridge: "br-open", Gateway: netip.MustParsePrefix("172.28.0.1/16"), NoMasquerade: true, Mode: docker.Routed, Mode6: docker.NATUnprotected, Trusted: []string{"eth0", "eth1"}},
		{Name: "closed", Bridge: "br-closed", Gateway: netip.MustParsePrefix("172.29.0.1/16"), Internal: true},
	}, Containers: []docker.Container{{Name: "web", Network: "closed", Also: []docker.Attachment{{Network: "open"}}}}}.Addressed()
	if err != nil {
		t.Fatal(err)
	}
	got := engine(&e, "host", false)
	const option = "com.docker.network.bridge."
	if o := got.Networks[0].Options; o[option+"enable_icc"] != "false" || o[option+"enable_ip_masquerade"] != "true" {
		t.Errorf("bridge: %v", o)
	}
	if o := got.Networks[1].Options; o[option+"enable_icc"] != "" || o[option+"enable_ip_masquerade"] != "false" ||
		o[option+"gateway_mode_ipv4"] != "routed" || o[option+"gateway_mode_ipv6"] != "nat-unprotected" || o[option+"trusted_host_interfaces"] != "eth0:eth1" {
		t.Errorf("open: %v", o)
	}
	lines, err := listing.Lines(&trace.Node{Name: "host", Engine: got}, []string{"docker", "inspect", "web"})
	if err != nil || strings.Count(strings.Join(lines, "\n"), `"IPAddress"`) != 2 {
		t.Errorf("an engine of release 29 has addresses only in its list of networks: %q, %v", lines, err)
	}
	ends := got.Containers[0].Endpoints
	if len(ends) != 2 || ends[0].Gateway.IsValid() || ends[1].Gateway.String() != "172.28.0.1" || ends[1].Address.String() != "172.28.0.2/16" {
		t.Errorf("web: %+v", ends)
	}
}
