// Package plan draws a network: nodes as boxes, their interfaces as ports on the
// boxes' edges, cables between the ports, and on top of it the way that one
// packet has come.
//
//	╭ client ──────╮   ╭ host ─────────────────────────────╮   ╭ flask ───────╮
//	│         eth0 ●━━━● ens160        docker0 ─ vethb6b2 ○───○ eth0         │
//	│ 192.168.52.2 │   │ 192.168.52.3  172.17.0.1          │   │ 172.17.0.2   │
//	╰──────────────╯   │ prerouting › forward › postrouting│   ╰──────────────╯
//	                   ╰───────────────────────────────────╯
//
// It is drawn from what the kernel says of the network, for any network: the
// machine that has the containers is in the middle, containers on its right, the
// world on its left, ordered by how many cables away it is. [New] only counts
// cells, and [Plan.Draw] only draws.
//
// Left out: routes, rules, and interfaces that lead nowhere and carried nothing.
package plan
