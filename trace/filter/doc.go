// Package filter selects packets by words.
//
//	filter.New("tcp !ack 172.17.0.2")
//
// selects the packets that match every plain word, and no word after a "!". A word
// matches a packet if it is part of the packet's description: its number ("#3"), its
// summary ("TCP SYN-ACK"), its direction ("original", "reply"), its nodes, interfaces and
// addresses, what changed it ("dnat", "masquerade", "conntrack", "rewritten"), and how it
// ended ("delivered", "dropped", "unseen"). Case does not matter.
package filter
