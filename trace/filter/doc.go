// Package filter picks packets by words.
//
//	filter.New("tcp !ack 172.17.0.2")
//
// keeps the packets of which every plain word is true and no word after a "!".
// A word is true of a packet if it is part of what is said about it: its number
// ("#3"), its summary ("TCP SYN-ACK"), its direction ("original", "reply"), the
// nodes, interfaces and addresses it was seen at, what changed it ("dnat",
// "masquerade", "conntrack", "rewritten"), and how it ended ("delivered",
// "dropped", "unseen"). Upper and lower case are the same.
package filter
