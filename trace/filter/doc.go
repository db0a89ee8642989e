// Package filter selects packets by words.
//
//	filter.New("tcp !ack 172.17.0.2")
//
// selects the packets that match every plain word, and no word after a "!". A word
// matches a packet if it is part of the packet's description: its number ("#3"), its
// summary ("TCP SYN-ACK"), its direction ("original", "reply"), its nodes, interfaces and
// addresses, which fields changed ("dst", "mss", "tos", "mark") and what changed them
// ("dnat", "masquerade", "conntrack", "rewritten"), and how and why it ended ("delivered",
// "dropped", "segmented", "unseen", "reject", "martian"). Case does not matter.
package filter
