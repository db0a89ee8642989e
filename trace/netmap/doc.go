// Package netmap lays a network out: nodes as boxes, their interfaces as ports on the
// boxes' edges, cables between the ports, and the way that one packet has come.
//
//	╭ client ──────╮   ╭ host ─────────────────────────────╮   ╭ flask ───────╮
//	│         eth0 ●━━━● ens160        docker0 ─ vethb6b2 ○───○ eth0         │
//	│ 192.168.52.2 │   │ 192.168.52.3  172.17.0.1          │   │ 172.17.0.2   │
//	╰──────────────╯   │ prerouting › forward › postrouting│   ╰──────────────╯
//	       Box         ╰───────────────────────────────────╯
//	                 Wire    Port       Group of a bridge
//
// It is laid out from what the kernel says of the network, for any network: the machine
// that has the containers is in the middle, containers on its right, the world on its left,
// ordered by how many cables away it is.
//
// All positions are cells from the top left: characters of a terminal, or any other unit in
// which a view draws. Only a view knows how wide a name is; it hands [New] a function.
//
// Left out: routes, rules, and interfaces that lead nowhere and carried nothing.
package netmap
