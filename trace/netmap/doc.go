// Package netmap computes the layout of a network map: nodes as boxes, interfaces as ports
// on their edges, cables between the ports, and the path of one packet.
//
//	╭ client ──────╮   ╭ host ─────────────────────────────╮   ╭ flask ───────╮
//	│         eth0 ●━━━● ens160        docker0 ─ vethb6b2 ○───○ eth0         │
//	│ 192.168.52.2 │   │ 192.168.52.3  172.17.0.1          │   │ 172.17.0.2   │
//	╰──────────────╯   │ prerouting › forward › postrouting│   ╰──────────────╯
//	       Box         ╰───────────────────────────────────╯
//	                 Wire    Port       Group of a bridge
//
// The layout follows from the kernel's description of the network, so any network will do.
// The machine with the containers is in the middle, its containers on the right, the
// outside world on the left, ordered by distance in cables.
//
// Positions count cells from the top left: characters of a terminal, or whatever unit a
// view draws in. Only a view knows how wide a name is, so it passes a function to [New].
//
// Not shown: routes, rules, and unconnected interfaces that carried no frames.
package netmap
