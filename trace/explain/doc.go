// Package explain describes a trace in words.
//
// An [Account] describes the path of a packet as rows. Every view styles the same rows:
//
//	Step ─┐                      ┌▶ text     columns, colors, wrapped lines
//	Change├─ rank ─ sort ─▶ Rows ┼▶ walk     spans of a pane
//	Hop ──┘  word                └▶ pcapng   the comment of a frame
//
// Rows are in the kernel's order: hook by hook, within a hook the tables by priority, then
// the new link header. A row without a place in that order, such as a note on the
// evidence, comes right before the hop it concerns.
//
//	inside host, from docker0 to ens160                     KindStretch    usual
//	ttl  64 ⇒ 63            by routing: … dev ens160        KindHeader     usual
//	filter FORWARD          DOCKER-USER: returned           KindDetour     detail
//	filter FORWARD          -i docker0 ! -o docker0 -j …    KindRule       usual
//	src  172.17.0.2:5000 ⇒ 192.168.52.203:80                KindRewrite    brief
//	                        by conntrack at postrouting: …  its note
//	                        #3 met: nat DOCKER …            KindOrigin     usual
//	                        no nat rule was evaluated       KindNoNAT      brief
//	src_mac, dst_mac        …                               KindLink       detail
//
// On the way to a stop, the kernel acts in [Moments]: it reaches a hook, evaluates a rule,
// changes a field. Each row says which moment it belongs to, so the walk can go from one to
// the next, and package reveal can end a trace at any of them.
//
// A row refers to the facts behind it ([trace.Step], [trace.Change]), so a view can link to
// them or mark a field without parsing sentences.
//
// Sentences say how certain they are: they state what the kernel reported, call "inferred"
// what follows only from addresses, and name what was not recorded.
package explain
