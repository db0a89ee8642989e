// Package nftrace reports what netfilter does with individual packets: which chains a
// packet enters, which rules it matches, and what they decide.
//
// The kernel reports this for packets whose nftrace flag is set, in NFT_MSG_TRACE
// messages (net/netfilter/nf_tables_trace.c), for the rules of iptables-nft as well as
// for those of nft. A [Probe] is an nftables table that sets the flag. Its other chains
// contain only a rule that accepts. They are checkpoints: the kernel reports a packet's
// headers whenever it enters a base chain.
//
//	hook          priority
//	prerouting    -350  start   numbers packets, and sets nftrace, up to a rate
//	              -200          (connection tracking)
//	              -199  new     sets nftrace for first packets of connections: [Probe.TraceFirst]
//	              -100          (nat)
//	               -99  seen    checkpoint: headers after the translation
//	input         last  seen    after all other chains
//	forward          1  seen
//	output        -350  start
//	              -199  new
//	               -99  seen
//	postrouting     99  near    checkpoint before the translation
//	               100          (nat)
//	               101  seen    checkpoint after it
//
// A checkpoint shows inside the host what a capture shows at its interfaces: that a
// reply still has the container's address at forward, and the host's after postrouting.
//
// An outgoing packet is seen on the interface. A delivered packet is not seen again, so its
// last checkpoint must prove that it passed netfilter: it comes after the chains of all
// tables, including those of other programs. A drop at any other place leaves no message;
// the packet just does not reach its next checkpoint:
//
//	before prerouting          a tc filter or a netdev chain at ingress; a malformed header
//	prerouting → input         rp_filter, martian addresses
//	prerouting → forward       no route, forwarding switched off, TTL expired, too big with DF set
//	postrouting → interface    no ARP reply, a full queue, a tc filter or a netdev chain at egress
//	after input                conntrack, if two packets race to make one entry; no listener; a full socket
//
// The first chain also gives each packet a number, by which all messages and frames of
// one packet within the namespace can be joined: see [Numbered].
//
//	probe, err := nftrace.Install(nftrace.Default()) // in the calling thread's namespace
//	defer probe.Close()
//	r, err := nftrace.Listen()
//	go r.Run(func(m nftrace.Message) { … })
//
// The table is gone once the Probe is closed or the process has ended, even by SIGKILL:
// see [Probe].
//
// Messages have no timestamps, and their trace id does not identify a packet: the kernel
// derives it from the address of the packet's buffer, which is reused. This package only
// decodes; it does not join the messages of a packet with its captured frames.
package nftrace
