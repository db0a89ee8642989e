package scenarios

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tracer/sim"
)

// base is a correct scenario. The mistakes are edits of it.
const base = `name: base
title: A base for mistakes
nodes:
  client:
    role: client
    interfaces:
      eth0: { addresses: [10.0.0.2/24], link: host/eth0 }
    routes: [default via 10.0.0.1]
  host:
    role: host
    engine: "20.10"
    interfaces:
      eth0: { addresses: [10.0.0.1/24] }
services:
  web:
    host: host
    publish: ["80:5000"]
    http: { port: 5000, body: Hello }
traffic:
  - { from: client, get: "http://10.0.0.1/" }
expect:
  - answer: 200 Hello
`

// mistakes are edits of the base, and the expected messages. Authors could make each of
// them.
var mistakes = []struct {
	name, old, new string
	want           string // all messages, one per line, without the file name
}{
	{"unknown key", "title:", "titel:", "1:1: has no \"title\"\n2:1: titel: unknown key; the keys are name, title, group, course, minutes, after, story, question, answer, refutes, nodes, networks, services, traffic, expect, faults"},
	{"unknown key of a node", "    role: client", "    rolle: client", "5:5: nodes.client.rolle: unknown key; the keys are role, engine, daemon, interfaces, bridges, routes, routing_rules, sysctls, rules, nftables, services, nameservers\n5:5: nodes.client: has no \"role\""},
	{"unknown key of an interface", "link: host/eth0", "lnk: host/eth0", "7:41: nodes.client.interfaces.eth0.lnk: unknown key; the keys are addresses, labels, metric, bridge, state, mtu, mac, link"},
	{"unknown key of a service", "    publish:", "    ports:", "17:5: services.web.ports: unknown key; the keys are host, network, networks, address, address6, aliases, image, expose, veth, index, publish, http, udp, dns, exec"},
	{"unknown key of a request", "get:", "fetch:", "20:5: traffic[0]: must have exactly one of get, ping, udp, resolve, flush\n20:21: traffic[0].fetch: unknown key; the keys are flush, from, get, ping, udp, resolve, text, size, count, interval, id, source, source_port, ttl, resolver, pause, timeout"},
	{"unknown key of an expectation", "- answer:", "- reply:", "22:5: expect[0].reply: unknown key; the keys are proves, answer, replies, request, packet, from, nth, every, count, direction, hops, identity, outcome, node, hook, by, reason, reported_by, changes, steps, missed, untouched_by, nat, entry, conntrack_state, rule, packets, listing, lines\n22:5: expect[0]: must have exactly one of answer, packet or count, every, rule, listing"},
	{"key twice", "title: A", "name: again\ntitle: A", "2:1: name: is given twice"},
	{"node twice", "  host:\n    role", "  client:\n    role: client\n    interfaces: {}\n  host:\n    role", "9:3: nodes.client: is given twice"},
	{"missing name", "name: base\n", "", "1:1: has no \"name\""},
	{"bad name", "name: base", "name: My Base", `1:7: name: "My Base" is not a name of lower-case letters, digits and hyphens`},
	{"empty title", "title: A base for mistakes", `title: ""`, "2:8: title: is empty"},
	{"title is a list", "title: A base for mistakes", "title: [a]", "2:8: title: is a list, want text"},
	{"traffic is a mapping", "  - { from: client, get", "  { from: client, get", "20:3: traffic: is a mapping, want a list"},
	{"node is text", "  client:\n    role: client\n    interfaces:\n      eth0: { addresses: [10.0.0.2/24], link: host/eth0 }\n    routes: [default via 10.0.0.1]\n", "  client: a laptop\n", `4:11: nodes.client: is "a laptop", want a mapping with role, engine, daemon, interfaces, bridges, routes, routing_rules, sysctls, rules, nftables, services, nameservers`},
	{"wrong role", "role: client", "role: cleint", `5:11: nodes.client.role: is "cleint", want one of client, host, container, router, server`},
	{"wrong engine", `engine: "20.10"`, `engine: "19.03"`, "11:13: nodes.host.engine: is \"19.03\", want one of 20.10, 28, 29, 29-nftables"},
	{"engine as a number", `engine: "20.10"`, `engine: 20.1`, "11:13: nodes.host.engine: is \"20.1\", want one of 20.10, 28, 29, 29-nftables"},
	{"address without length", "10.0.0.2/24", "10.0.0.2", `7:27: nodes.client.interfaces.eth0.addresses[0]: "10.0.0.2" is not an address with a prefix length, such as 192.168.1.2/24 or fd00::2/64`},
	{"prefix length too long", "10.0.0.2/24", "'fd00::2/129'", `7:27: nodes.client.interfaces.eth0.addresses[0]: "fd00::2/129" is not an address with a prefix length, such as 192.168.1.2/24 or fd00::2/64`},
	{"addresses is text", "[10.0.0.2/24]", "10.0.0.2/24", `7:26: nodes.client.interfaces.eth0.addresses: is "10.0.0.2/24", want a list`},
	{"label of nothing", "link: host/eth0", "link: host/eth0, labels: { 10.0.0.3/24: 'eth0:0' }", `7:81: nodes.client.interfaces.eth0.labels.10.0.0.3/24: 10.0.0.3/24 is not one of the addresses above it`},
	{"label of another interface", "link: host/eth0", "link: host/eth0, labels: { 10.0.0.2/24: 'eth1:0' }", `7:81: nodes.client.interfaces.eth0.labels.10.0.0.2/24: "eth1:0" must begin with "eth0:" and have at most 15 bytes`},
	{"small mtu", "link: host/eth0", "link: host/eth0, mtu: 60", `7:63: nodes.client.interfaces.eth0.mtu: is "60", want a whole number from 68 to 65535`},
	{"bad mac", "link: host/eth0", "link: host/eth0, mac: 02-42", `7:63: nodes.client.interfaces.eth0.mac: address 02-42: invalid MAC address`},
	{"link to nothing", "link: host/eth0", "link: host/eth1", "7:47: nodes.client.interfaces.eth0.link: there is no interface \"host/eth1\"; the interfaces are client/eth0, host/eth0\n13:13: nodes.host.interfaces.eth0: has no link; set link: NODE/INTERFACE at one of its ends"},
	{"link to itself", "link: host/eth0", "link: client/eth0", "7:47: nodes.client.interfaces.eth0.link: links to itself\n13:13: nodes.host.interfaces.eth0: has no link; set link: NODE/INTERFACE at one of its ends"},
	{"link taken", "      eth0: { addresses: [10.0.0.2/24], link: host/eth0 }", "      eth0: { addresses: [10.0.0.2/24], link: host/eth0 }\n      eth1: { link: host/eth0 }", "8:21: nodes.client.interfaces.eth1.link: host/eth0 already has a link"},
	{"no link", ", link: host/eth0", "", "7:13: nodes.client.interfaces.eth0: has no link; set link: NODE/INTERFACE at one of its ends\n13:13: nodes.host.interfaces.eth0: has no link; set link: NODE/INTERFACE at one of its ends"},
	{"long interface name", "      eth0: { addresses: [10.0.0.2/24], link", "      ethernet-number-0: { addresses: [10.0.0.2/24], link", `7:26: client/ethernet-number-0: interface name "ethernet-number-0" has 17 bytes, at most 15 are allowed`},
	{"same address", "10.0.0.2/24", "10.0.0.1/24", "13:13: host/eth0: address 10.0.0.1 belongs to client/eth0 already"},
	{"overlapping subnets", "10.0.0.1/24] }", "172.17.9.1/24] }", "13:13: host/eth0: subnet 172.17.9.0/24 overlaps 172.17.0.0/16 of docker0"},
	{"bad route", "default via 10.0.0.1", "via 10.0.0.1", `8:14: nodes.client.routes[0]: want "DESTINATION via ADDRESS", "DESTINATION dev INTERFACE" or "blackhole DESTINATION"`},
	{"route by a name", "default via 10.0.0.1", "default via router", `8:14: nodes.client.routes[0]: "router" is not an IPv4 or IPv6 address`},
	{"unknown word in a route", "default via 10.0.0.1", "default scope 5", `8:14: nodes.client.routes[0]: "scope" is none of via, dev, src, metric, table, nexthop`},
	{"far gateway", "default via 10.0.0.1", "default via 10.9.0.1", "8:14: nodes[client].routes[0]: gateway 10.9.0.1 is in no subnet of node client"},
	{"route to nowhere", "default via 10.0.0.1", "default metric 5", "8:14: nodes[client].routes[0]: has neither a gateway nor an interface"},
	{"route of a wrong kind", "default via 10.0.0.1", "blakhole default", `8:14: nodes.client.routes[0]: "blakhole" is not an address with a prefix length, such as 192.168.1.2/24 or fd00::2/64`},
	{"blackhole that leads somewhere", "default via 10.0.0.1", "blackhole default dev eth0", "8:14: nodes[client].routes[0]: a blackhole route leads nowhere; leave out the gateway and the interface"},
	{"route with two ways", "default via 10.0.0.1", "default dev eth0 nexthop via 10.0.0.1", "8:14: nodes[client].routes[0]: has a next hop of its own beside a list of next hops"},
	{"next hop too far", "default via 10.0.0.1", "default nexthop via 10.0.0.1 nexthop via 10.9.0.1", "8:14: nodes[client].routes[0]: gateway 10.9.0.1 is in no subnet of node client"},
	{"weight of nothing", "default via 10.0.0.1", "default via 10.0.0.1 weight 2", `8:14: nodes.client.routes[0]: "weight" is none of via, dev, src, metric, table, nexthop`},
	{"table without a number", "default via 10.0.0.1", "default via 10.0.0.1 table x", `8:14: nodes.client.routes[0]: table "x" is not a number from 1 to 2147483647`},
	{"source of somebody else", "default via 10.0.0.1", "default via 10.0.0.1 src 10.0.0.9", "8:14: nodes[client].routes[0]: source 10.0.0.9 is not an address of node client"},
	{"route through an interface that is down", "link: host/eth0 }", "link: host/eth0, state: down }", "8:14: nodes[client].routes[0]: gateway 10.0.0.1 is in the subnet of eth0, which is down"},
	{"state of an interface", "link: host/eth0", "link: host/eth0, state: off", `7:65: nodes.client.interfaces.eth0.state: is "off", want one of up, down`},
	{"port of no bridge", "link: host/eth0", "link: host/eth0, bridge: br0", `7:13: client/eth0: node client has no bridge "br0"`},
	{"routing rule without effect", "    routes:", "    routing_rules: [from 10.0.0.0/24]\n    routes:", "8:21: nodes.client.routing_rules[0]: must have exactly one of lookup TABLE, blackhole, unreachable, prohibit"},
	{"unknown word in a routing rule", "    routes:", "    routing_rules: [from all dport 80 lookup 100]\n    routes:", `8:21: nodes.client.routing_rules[0]: "dport" is none of from, to, iif, fwmark, priority, lookup, blackhole, unreachable, prohibit`},
	{"mark beyond its mask", "    routes:", "    routing_rules: [fwmark 0x10/0xf lookup 100]\n    routes:", "8:21: nodes[client].routing_rules[0]: mark 0x10 has bits outside of its mask 0xf"},
	{"rule of no interface", "    routes:", "    routing_rules: [iif eth7 lookup main]\n    routes:", `8:21: nodes[client].routing_rules[0]: node client has no interface "eth7"`},
	{"late priority", "    routes:", "    routing_rules: [from all lookup 100 priority 40000]\n    routes:", `8:21: nodes.client.routing_rules[0]: priority "40000" is not a number from 1 to 32765`},
	{"choice without meaning", `get: "http://10.0.0.1/"`, `get: "http://10.0.0.1/", count: 3`, "20:53: traffic[0].count: does not apply to get, only to ping, udp"},
	{"text and size", `get: "http://10.0.0.1/"`, `udp: "10.0.0.1:53", text: x, size: 3`, "20:5: traffic[0]: has both text and size"},
	{"too large", `get: "http://10.0.0.1/"`, `ping: 10.0.0.1, size: 65508`, `20:43: traffic[0].size: is "65508", want a whole number from 1 to 65507`},
	{"long pause", "{ from: client,", "{ from: client, pause: 1h,", `20:28: traffic[0].pause: "1h" is not a time from 1ms to 1m, such as 500ms or 2s`},
	{"unknown host", "    host: host", "    host: hots", `16:11: services.web.host: "hots" is not a host; the hosts are: host`},
	{"containers of a client", "    host: host", "    host: client", `16:11: services.web.host: "client" is not a host; the hosts are: host`},
	{"unknown option", `    engine: "20.10"`, "    daemon: { mtu: 1400 }", `11:15: nodes.host.daemon.mtu: unknown key; the keys are userland_proxy, iptables, ip_forward_no_drop, allow_direct_routing, bridge_accept_fwmark`},
	{"wrong mark", `    engine: "20.10"`, "    daemon: { bridge_accept_fwmark: red }", `11:37: nodes.host.daemon.bridge_accept_fwmark: fwmark "red" is not a number, or two such as 0x1/0xff`},
	{"option of another release", `    engine: "20.10"`, "    engine: \"20.10\"\n    daemon: { ip_forward_no_drop: true }", `10:5: nodes.host: engine 20.10 has no --ip-forward-no-drop`},
	{"mode of another release", "services:\n", "networks:\n  back: { host: host, gateway: 172.18.0.1/16, gateway_mode: routed }\nservices:\n", `10:5: nodes.host: network back: engine 20.10 has neither gateway modes nor trusted interfaces`},
	{"address of docker0", "services:\n", "networks:\n  bridge: { host: host, gateway6: \"fd00::1/64\" }\nservices:\n", `15:35: networks.bridge.gateway6: cannot be set: docker0 has the address 172.17.0.1/16, and none of IPv6`},
	{"one network and several", "    host: host\n", "    host: host\n    network: bridge\n    networks: [bridge]\n", `16:5: services.web: has both network and networks; set one of them`},
	{"second network unknown", "    host: host\n", "    host: host\n    networks: [bridge, back]\n", `10:5: nodes.host: container web: there is no network "back"`},
	{"bad port", `["80:5000"]`, `["http:5000"]`, `17:15: services.web.publish[0]: "http" in "http:5000" is not a port from 1 to 65535`},
	{"publish as text", `["80:5000"]`, `"80:5000"`, `17:14: services.web.publish: is "80:5000", want a list`},
	{"port out of range", "port: 5000", "port: 70000", `18:19: services.web.http.port: is "70000", want a whole number from 1 to 65535`},
	{"http and exec", "    http: {", "    exec: { command: [a], port: 1 }\n    http: {", "16:5: services.web: has several of http, udp, dns and exec; a service can have only one"},
	{"command as text", "    http: { port: 5000, body: Hello }", "    exec: { command: python3 app.py, port: 5000 }", `18:22: services.web.exec.command: is "python3 app.py", want a list`},
	{"unknown sender", "from: client", "from: clent", `20:13: traffic[0].from: there is no node "clent"`},
	{"url with a name", "http://10.0.0.1/", "http://host/", `20:5: traffic[0]: "host" is a name, and client has no name server; set resolver, or the node's nameservers`},
	{"https", "http://10.0.0.1/", "https://10.0.0.1/", `20:26: traffic[0].get: "https://10.0.0.1/" is not an http:// URL`},
	{"about two things", "- answer: 200 Hello", "- { answer: 200 Hello, packet: TCP SYN }", "22:5: expect[0]: must have exactly one of answer, packet or count, every, rule, listing"},
	{"expects nothing", "- answer: 200 Hello", "- packet: TCP SYN", "22:5: expect[0]: has nothing to check; set count, hops, outcome, changes or another property"},
	{"listing without lines", "- answer: 200 Hello", "- listing: host iptables -S", "22:5: expect[0]: must have both listing and lines, or neither"},
	{"listing without a command", "- answer: 200 Hello", "- { listing: host, lines: [x] }", `22:16: expect[0].listing: "host" must be NODE COMMAND`},
	{"range exposed", "    publish:", "    expose: [1-2]\n    publish:", `17:14: services.web.expose[0]: "1-2" is a range, not a port`},
	{"nth without a packet", "- answer: 200 Hello", "- { count: 1, nth: 2 }", "22:5: expect[0]: has nth, which selects one packet; set packet, not count"},
	{"every frame with a property", "- answer: 200 Hello", "- { every: frame, outcome: delivered }", "22:5: expect[0]: must not have other properties with every: frame"},
	{"wrong reason", "- answer: 200 Hello", "- { count: 1, reason: lost }", `22:25: expect[0].reason: is "lost", want one of rule, policy, not forwarding, no route, too big, martian, capture ended, others went on, reject, ttl, reverse path, martian source, ingress, blackhole, no neighbour, no listener, not joined, reassembly, not traced, no carrier, not counted, other host, scope, no ipv6`},
	{"wrong identity", "- answer: 200 Hello", "- { count: 1, identity: [name] }", `22:28: expect[0].identity[0]: is "name", want one of mark, wire, connection, headers`},
	{"rule without count", "- answer: 200 Hello", "- rule: nat DOCKER -j RETURN", "22:5: expect[0]: must have both rule and packets, or neither"},
	{"rule without chain", "- answer: 200 Hello", "- { rule: RETURN, packets: 1 }", "22:13: expect[0].rule: \"RETURN\" is not TABLE CHAIN RULE"},
	{"wrong outcome", "- answer: 200 Hello", "- { packet: TCP SYN, outcome: lost }", `22:33: expect[0].outcome: is "lost", want one of delivered, dropped, unseen`},
	{"wrong field", "- answer: 200 Hello", "- { packet: TCP SYN, changes: [{ field: port }] }", `22:43: expect[0].changes[0].field: is "port", want one of src, dst, ttl, src_mac, dst_mac, icmp_id, tos, ip_id, df, window, mss, mark, flow_label`},
	{"wrong cause", "- answer: 200 Hello", "- { packet: TCP SYN, changes: [{ field: dst, cause: nat }] }", `22:55: expect[0].changes[0].cause: is "nat", want one of rule, conntrack, routing, neighbour`},
	{"cause that no change has", "- answer: 200 Hello", "- { packet: TCP SYN, changes: [{ field: dst, cause: proxy }] }", `22:55: expect[0].changes[0].cause: is "proxy", want one of rule, conntrack, routing, neighbour`},
	{"not YAML", "nodes:", "nodes: [", "did not find expected"},
	{"tab", "  client:", "\tclient:", "4:1: is indented with a tab; YAML allows only spaces"},
	{"second document", "expect:", "---\nexpect:", "21:1: has a second document; a file must contain one scenario"},
	{"alias", "[10.0.0.1/24] }", "&a [10.0.0.1/24], mtu: *a }", "13:49: nodes.host.interfaces.eth0.mtu: is an alias, want a whole number from 68 to 65535"},
	{"unknown group", "title: A base for mistakes", "title: A\ngroup: Fun", `3:8: group: is "Fun", want one of Wires and routes, Address translation, Out of the container, Published ports, Inside the host, Between networks`},
	{"unknown table to flush", `get: "http://10.0.0.1/"`, "flush: nta", `20:28: traffic[0].flush: "nta" is not a table: raw, mangle, nat, filter, security, or FAMILY TABLE, such as ip6 nat or ip docker-bridges`},
	{"two kinds of request", "- { from: client, get", "- { from: client, ping: 10.0.0.1, get", "20:5: traffic[0]: must have exactly one of get, ping, udp, resolve, flush"},
	{"ping a name", `get: "http://10.0.0.1/"`, "ping: host", `20:27: traffic[0].ping: "host" is not an IPv4 or IPv6 address`},
	{"four name servers", "    role: client", "    role: client\n    nameservers: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]", "6:18: nodes.client.nameservers: has 4 name servers; 1 to 3 are possible"},
	{"aliases on docker0", "    publish: [\"80:5000\"]\n", "    aliases: [www]\n", "10:5: nodes.host: container web has aliases, which only user-defined networks support"},
	{"aliases of the host", "    publish: [\"80:5000\"]\n", "    network: host\n    aliases: [www]\n", "10:5: nodes.host: container web has aliases, which only user-defined networks support"},
	{"name without resolver", `get: "http://10.0.0.1/"`, "resolve: host", `20:5: traffic[0]: "host" is a name, and client has no name server; set resolver, or the node's nameservers`},
	{"datagram without port", `get: "http://10.0.0.1/"`, "udp: 10.0.0.1", `20:26: traffic[0].udp: "10.0.0.1" is not an address with a port, such as 10.0.0.1:53 or [fd00::1]:53`},
	{"long wait", "{ from: client,", "{ from: client, timeout: 1h,", `20:30: traffic[0].timeout: "1h" is not a time from 10ms to 1m, such as 500ms or 2s`},
	{"network of nobody", "services:\n", "networks:\n  back: { host: hots, gateway: 172.18.0.1/16 }\nservices:\n", `15:17: networks.back.host: "hots" is not a host; the hosts are: host`},
	{"internal by half", "services:\n", "networks:\n  back: { host: host, gateway: 172.18.0.1/16, internal: half }\nservices:\n", `15:57: networks.back.internal: is "half", want one of true, false`},
	{"joins nobody", "    publish: [\"80:5000\"]\n", "    network: container:db\n", "10:5: nodes.host: container web: no container above it is named \"db\" and has a namespace of its own"},
	{"request of a program of the host", "    publish: [\"80:5000\"]\n    http: { port: 5000, body: Hello }\ntraffic:\n  - { from: client", "    network: host\ntraffic:\n  - { from: web", `19:13: traffic[0].from: there is no node "web"`},
	{"internal docker0", "services:\n", "networks:\n  bridge: { host: host, internal: true, gateway_mode6: routed }\nservices:\n", "15:35: networks.bridge.internal: cannot be set: dockerd has no such option for docker0\n15:56: networks.bridge.gateway_mode6: cannot be set: dockerd has no such option for docker0"},
	{"network without gateway", "services:\n", "networks:\n  back: { host: host }\nservices:\n", `15:9: networks.back: has no "gateway"`},
	{"unknown network", "    host: host\n", "    host: host\n    network: back\n", `10:5: nodes.host: container web: there is no network "back"`},
	{"two servers in one", `    engine: "20.10"`, "    services: [{ http: { port: 1 }, udp: { port: 1 } }]\n    engine: \"20.10\"", "11:16: nodes.host.services[0]: must have exactly one of http, udp, dns, exec"},
	{"name server without names", `    engine: "20.10"`, "    services: [{ dns: {} }]\n    engine: \"20.10\"", `11:23: nodes.host.services[0].dns: has no "names"`},
	{"unknown table", `    engine: "20.10"`, "    rules: [-t nta -F]\n    engine: \"20.10\"", `11:13: nodes.host.rules[0]: -t nta -F: there is no table "nta"; the tables are raw, mangle, nat, filter, security`},
	{"unknown target", `    engine: "20.10"`, "    rules: [-A INPUT -j NFLOG]\n    engine: \"20.10\"", `11:13: nodes.host.rules[0]: -A INPUT -j NFLOG: -j NFLOG is not supported; the targets are ACCEPT, DROP, RETURN, CONNMARK, DNAT, DSCP, LOG, MARK, MASQUERADE, NETMAP, REDIRECT, REJECT, SNAT, TCPMSS, TOS, TTL and chains`},
	{"fault without expectations", "expect:", "faults:\n  x: { title: X }\nexpect:", `22:6: faults.x: has no "expect"`},
	{"fault on nobody", "expect:", "faults:\n  x: { title: X, sysctls: { hots: { net.ipv4.ip_forward: 0 } }, expect: [] }\nexpect:", `22:35: faults.x.sysctls.hots: there is no node "hots"`},
	{"fault with routes of nobody", "expect:", "faults:\n  x: { title: X, routes: { hots: [] }, expect: [] }\nexpect:", `22:34: faults.x.routes.hots: there is no node "hots"`},
	{"fault with a route to nowhere", "expect:", "faults:\n  x: { title: X, routes: { client: [default] }, expect: [] }\nexpect:", "22:6: faults.x: has neither a gateway nor an interface"},
	{"fault with a far gateway", "expect:", "faults:\n  x: { title: X, routes: { client: [default via 10.9.0.1] }, expect: [] }\nexpect:", "22:6: faults.x: gateway 10.9.0.1 is in no subnet of node client"},
	{"fault that cannot be", "expect:", "faults:\n  x: { title: X, rules: { host: [-F NOWHERE] }, expect: [] }\nexpect:", `22:34: faults.x.rules.host[0]: -F NOWHERE: -F: there is no chain "NOWHERE" in table filter`},
	{"course from zero", "title: A base for mistakes", "title: A\ncourse: 0", `3:9: course: is "0", want a whole number from 1 to 1000`},
	{"request beyond the traffic", "- answer: 200 Hello", "- { answer: 200 Hello, request: 2 }", "22:35: expect[0].request: there is no request 2; the traffic has 1"},
	{"request of a rule", "- answer: 200 Hello", "- { rule: nat POSTROUTING -j MASQUERADE, packets: 1, request: 1 }", "22:5: expect[0]: has request, which only packets and answers have; rules, listings and frames have none"},
	{"several", "role: client", "role: x\n    colour: red", "5:11: nodes.client.role: is \"x\", want one of client, host, container, router, server\n6:5: nodes.client.colour: unknown key; the keys are role, engine, daemon, interfaces, bridges, routes, routing_rules, sysctls, rules, nftables, services, nameservers"},
}

func TestMistakes(t *testing.T) {
	if _, err := Parse("base.yaml", []byte(base)); err != nil {
		t.Fatal(err)
	}
	for _, c := range mistakes {
		if !strings.Contains(base, c.old) {
			t.Fatalf("%s: the base has no %q", c.name, c.old)
		}
		_, err := Parse("base.yaml", []byte(strings.Replace(base, c.old, c.new, 1)))
		if !errors.Is(err, sim.ErrInvalid) {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := strings.ReplaceAll(err.Error(), "base.yaml:", "")
		if got != c.want && (c.name != "not YAML" || !strings.Contains(got, c.want)) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
}

// TestMistakesTogether: mistakes of all kinds are reported at once, without those that only
// follow from others.
func TestMistakesTogether(t *testing.T) {
	const all = `title: In an order of the author's own
services:
  web: { host: host, publish: ["80:http"], http: { port: 5000 } }
faults:
  one:
    title: One
    rules: { host: [-F NOWHERE, -D DOCKER 7, -I DOCKER-USER -p tpc -j DROP], client: [-A INPUT -j LOGG], hots: [-F] }
    traffic: [{ from: hots, ping: 10.0.0.1 }]
    expect: []
  two: { title: Two, sysctls: { clent: { a: b } }, rules: { host: [-P FORWARD DORP] }, expect: [] }
traffic:
  - { from: web, ping: 10.0.0.2 }
  - { from: clent, get: "http://10.0.0.1/" }
nodes:
  host:
    role: hots
    engine: "20.10"
    interfaces: { eth0: { addresses: [10.0.0.1/24] } }
    rules: [-A INPUTT -j DROP]
  client:
    role: client
    interfaces: { eth0: { addresses: [10.0.0.2], link: host/eth1 } }
`
	const want = `1:1: has no "name"
3:32: services.web.publish[0]: "http" in "80:http" is not a port from 1 to 65535
7:21: faults.one.rules.host[0]: -F NOWHERE: -F: there is no chain "NOWHERE" in table filter
7:46: faults.one.rules.host[2]: -I DOCKER-USER -p tpc -j DROP: -p "tpc" is not a protocol: use a name such as tcp, udp or icmp, or a number from 1 to 255
7:86: faults.one.rules.client: filter.INPUT.rules[0]: jump to unknown chain LOGG
7:112: faults.one.rules.hots: there is no node "hots"
8:23: faults.one.traffic[0].from: there is no node "hots"
10:40: faults.two.sysctls.clent: there is no node "clent"
10:68: faults.two.rules.host[0]: -P FORWARD DORP: -P FORWARD: the policy must be ACCEPT or DROP
13:13: traffic[1].from: there is no node "clent"
16:11: nodes.host.role: is "hots", want one of client, host, container, router, server
19:13: nodes.host.rules[0]: -A INPUTT -j DROP: -A: there is no chain "INPUTT" in table filter
22:39: nodes.client.interfaces.eth0.addresses[0]: "10.0.0.2" is not an address with a prefix length, such as 192.168.1.2/24 or fd00::2/64`
	_, err := Parse("f.yaml", []byte(all))
	if err == nil {
		t.Fatal("no mistakes")
	}
	if got := strings.ReplaceAll(err.Error(), "f.yaml:", ""); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	// If nodes cannot be read, their names are unknown.
	for _, nodes := range []string{"nodes: [x]\n", "", "nodes: {}\nservices: hello\n"} {
		_, err := Parse("f.yaml", []byte("name: x\ntitle: x\ntraffic: [{ from: web, ping: 10.0.0.2 }]\n"+nodes))
		if err == nil || strings.Contains(err.Error(), "there is no node") {
			t.Errorf("%q: %v", nodes, err)
		}
	}
}

// TestSyntax: mistakes in the YAML itself have a line, and a column if it is known.
func TestSyntax(t *testing.T) {
	const tab = "is indented with a tab; YAML allows only spaces"
	for text, want := range map[string]string{
		"\tname: x\n":                     "1:1: " + tab,
		"a:\n  b:\n  \tc: d\n":            "3:3: " + tab,
		"a:\n  - b: c\n  -\td\n\t  - e\n": "3:4: " + tab,
		"a: |\n\thello\n":                 "2:1: " + tab,
		"a: \"b\n\tc\"\nd:\n\te: f\n":     "4:1: " + tab,
		"a: @b\n":                         "1: found character that cannot start any token",
		"a: b\nc: @d\ne:\n\tf: g\n":       "2: found character that cannot start any token",
		"a: b: c\n":                       "1: mapping values are not allowed in this context",
		"a: b\nc: é\x01\n":                "2:5: has the control character '\\x01'",
		"a: b\n\n c\xff\n":                "3:3: is not UTF-8 text",
		"a: *b\n":                         " unknown anchor 'b' referenced",
	} {
		_, err := Parse("f.yaml", []byte(text))
		if err == nil || err.Error() != "f.yaml:"+want {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

func TestWholeFile(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":     {"", "f.yaml: is empty"},
		"comment":   {"# nothing\n", "f.yaml: is empty"},
		"text":      {"hello", `f.yaml:1:1: is "hello", want a mapping with name, title, group, course, minutes, after, story, question, answer, refutes, nodes, networks, services, traffic, expect, faults`},
		"too large": {strings.Repeat("#", 1<<20+1), "f.yaml: has more than 1048576 bytes"},
	} {
		if _, err := Parse("f.yaml", []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLoad(t *testing.T) {
	for _, name := range Names() {
		s, err := Load(name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if s.Name != name {
			t.Errorf("%s.yaml has the name %s", name, s.Name)
		}
		if s.Group == "" || s.Story == "" || s.Answer == "" || len(s.Expect) == 0 {
			t.Errorf("%s lacks a group, a story, an answer or expectations", name)
		}
		for _, f := range s.Faults {
			if f.Story == "" || f.Answer == "" || len(f.Expect) == 0 {
				t.Errorf("%s, fault %s: lacks a story, an answer or expectations", name, f.Name)
			}
		}
	}
	var unknown *UnknownError
	if _, err := Load("no-such"); !errors.As(err, &unknown) || unknown.Name != "no-such" {
		t.Errorf("%v", err)
	}
	if _, err := Load("./no-such.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	file := filepath.Join(t.TempDir(), "mine.yml")
	if err := os.WriteFile(file, []byte(base), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := Load(file)
	if err != nil || s.Name != "base" {
		t.Errorf("%+v, %v", s, err)
	}
	if got := s.Headline(); got != "client → http://10.0.0.1/   (web -p 80:5000)" {
		t.Errorf("%q", got)
	}
}

// TestDocumented: the example in the guide is valid.
func TestDocumented(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "docs", "scenarios.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(guide), "```yaml\n")
	example, _, ok := strings.Cut(after, "```")
	if !ok {
		t.Fatal("no example")
	}
	if _, err := Parse("example.yaml", []byte(example)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(base))
	for _, c := range mistakes {
		f.Add([]byte(strings.Replace(base, c.old, c.new, 1)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("fuzz.yaml", text)
		if err == nil && s.Topology.Validate() != nil {
			t.Errorf("accepted, but %v", s.Topology.Validate())
		}
	})
}
