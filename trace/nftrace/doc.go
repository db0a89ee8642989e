// Package nftrace reads what netfilter does with single packets: which chain
// they enter, which rule they meet, what it decides.
//
// The kernel reports that for packets whose nftrace flag is set, by messages of
// type NFT_MSG_TRACE (net/netfilter/nf_tables_trace.c), for rules made by
// iptables-nft just as for those made by nft. [Install] sets the flag, by rules
// in a table of tracer's own, and adds empty chains at places where the packet's
// headers shall be seen:
//
//	hook         priority
//	prerouting   -350 start      sets nftrace, so many packets a second
//	             -200            (connection tracking)
//	             -199 new        sets it for the first packet of a connection
//	             -100            (nat)
//	              -99 seen       a checkpoint: headers after the translation
//	input         101 seen
//	forward         1 seen
//	output       -350 start, -199 new, -99 seen
//	postrouting    99 near       a checkpoint before the translation
//	              100            (nat)
//	              101 seen       and one after it
//
// A checkpoint shows inside the host what a capture shows on its interfaces:
// that a reply still has the container's address at forward, and the host's
// after postrouting.
//
//	err := nftrace.Install(nftrace.DefaultProbe)  // in the calling thread's namespace
//	r, err := nftrace.Listen(nftrace.Config{})
//	go r.Run(func(m nftrace.Message) { … })
//
// The messages have no timestamps, and their trace id is no packet id: the
// kernel makes it from the address of the packet's buffer, which is used again.
// Putting them together with captured frames is package trace's work.
package nftrace
