// Package capture reads frames from the kernel. A [Source] is a packet source for
// gopacket (a [gopacket.PacketDataSource]) that provides what following packets requires:
// directions, exact order, whole frames, and a count of lost ones.
//
// A Source is one packet socket (packet(7)) in one network namespace. It covers every
// interface of the namespace, including those created later, so it can be opened before
// any link is up and misses nothing of the start:
//
//	┌─ network namespace "host" ─────────────────────┐
//	│  ens160        docker0        veth0a1b2c3      │
//	│    │ in          │ out            │ out        │
//	│    └─────────────┼────────────────┘            │
//	│                  ▼                             │
//	│       one queue, in the kernel's order         │
//	└──────────────────┬─────────────────────────────┘
//	                   ▼
//	   Source.ReadPacketData ──▶ bytes, gopacket.CaptureInfo
//	                               Timestamp       the kernel's, in nanoseconds
//	                               InterfaceIndex  in this namespace
//	                               Length          on the wire
//	                               AncillaryData   direction: DirectionOf
//	                                               packet's mark: MarkOf
//
// The bytes are the whole frame as it was on the wire, up to 262140 bytes and including its
// VLAN tag, however late it is read: see fragments for the one case in which that is
// difficult. To read until Stop:
//
//	source, err := capture.Listen() // on a thread inside the namespace
//	if err != nil {
//		return err
//	}
//	defer source.Close()
//	go func() { traffic(); source.Stop() }()
//	for {
//		data, info, err := source.ReadPacketData()
//		if err == io.EOF {
//			return nil
//		}
//		…
//		fmt.Println(info.Timestamp, info.InterfaceIndex, capture.DirectionOf(info), len(data))
//	}
//
// [gopacket.NewPacketSource] decodes what a Source reads.
//
// # Order and time
//
// If a packet is seen at several interfaces of a namespace, the order in which the Source
// returns the frames is the evidence, not their timestamps. The kernel stamps a received
// packet once, when the driver hands it over (net/core/dev.c, netif_rx), and
// the packet keeps that stamp when the bridge passes it up: "veth in" and "docker0 in"
// carry the same nanosecond, and only the queue shows that veth came first. A sent frame
// is stamped at each interface that it leaves by. So between two namespaces, "out" at one
// end of a veth pair is never later than "in" at the other. Both stamps come from the
// machine's wall clock, which may be set during a capture. Frames that different CPUs
// handle at the same time can be queued some microseconds out of the order of their
// stamps.
//
// The kernel stamps frames only while some socket on the machine asks for it. When the
// first one does, stamping is switched on in the background (net_enable_timestamp): after
// some 2 ms on an idle machine, up to 2 s on a busy one. A frame that passes before that
// carries the time at which it was read. [StartClock] waits until frames are stamped.
//
// # Harmless
//
// A Source sends nothing, and never makes an interface promiscuous. On a bridge with
// br_netfilter, that would change what is being watched: a DNATed frame would be
// delivered twice. Like any socket, its socket keeps the namespace in existence until
// Close.
//
// # Why not one of gopacket's own sources
//
// pcapgo.EthernetHandle does not report the direction, cannot be closed while it is
// reading, and cuts frames at the interface's MTU, which frames on a veth exceed with
// segmentation offload. gopacket's afpacket and pcap packages need cgo.
//
// # Left out
//
// There are no capture filters, because a lab's namespaces carry only the lab's traffic.
// All interfaces are assumed to be Ethernet, as bridge, veth, VLAN, dummy and loopback
// devices are; frames of other devices (tun, wireguard) come as the device has them,
// without an Ethernet header.
package capture
