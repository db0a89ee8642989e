// Package explain puts what package trace holds into words.
//
// An [Account] gives the way of a packet as rows. Every view styles the same rows:
//
//	Step ─┐                      ┌▶ text     columns, colours, wrapped lines
//	Change├─ rank ─ sort ─▶ Rows ┼▶ walk     spans of a pane
//	Hop ──┘  word                └▶ pcapng   the comment of a frame
//
// Rows come in the kernel's order: the hooks one after the other, at a hook the tables by
// priority, then the new link header. What package trace cannot place, such as a note on
// the evidence, stands before the hop that it is about.
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
// A row points to its facts ([trace.Step], [trace.Change]), so that a view can link
// to them or mark a field, and never has to parse a sentence.
//
// Sentences say how sure they are: what the kernel reported is stated, what follows only
// from addresses is called inferred, and what was not recorded is said to be missing.
package explain
