// Package capture takes frames from the kernel, and writes them to capture
// files that Wireshark and tcpdump read.
//
// A [Source] is one packet socket (packet(7)) for one network namespace. It
// sees every interface of the namespace, also those created after it, so it
// can be opened before any link is up and misses nothing of the start:
//
//	┌─ network namespace "host" ─────────────────────┐
//	│  ens160        docker0        veth0a1b2c3      │
//	│    │ in          │ out            │ out        │
//	│    └─────────────┼────────────────┘            │
//	│                  ▼                             │
//	│       one queue, in kernel order               │
//	└──────────────────┬─────────────────────────────┘
//	                   ▼
//	   Source ──▶ Run(func(Frame)) ──▶ Writer ──▶ ens160.pcap
//	      └─────▶ ReadPacketData   ──▶ gopacket
//
// Each [Frame] tells its interface, its direction, the kernel's own nanosecond
// time stamp and its bytes, whole: up to 262140 of them, VLAN tag included.
//
// Reading until told to stop:
//
//	source, err := capture.Listen() // on a thread inside the namespace
//	if err != nil {
//		return err
//	}
//	defer source.Close()
//	go func() { traffic(); source.Stop() }()
//	err = source.Run(func(f capture.Frame) {
//		fmt.Println(f.Interface, f.Direction, f.Time, f.Length)
//	})
//
// Or with gopacket's decoders:
//
//	packets := gopacket.NewPacketSource(source, layers.LayerTypeEthernet)
//
// # Order and time
//
// Where one packet is seen at several interfaces of a namespace, the order in
// which the Source hands out the frames is the evidence, not the time stamp.
// The kernel stamps a received packet once, when the driver hands it over
// (net/core/dev.c, netif_rx), and the stamp stays with it when the bridge
// passes it up: "veth in" and "docker0 in" carry the same nanosecond, and only
// the queue tells that veth came first. A sent frame is stamped at each
// interface it leaves by. So between two namespaces, out at one end of a veth
// pair is never later than in at the other end, because both stamps come from
// the machine's one clock; it is the wall clock, which can be set while a
// capture runs. Frames that different CPUs handle at the same time can stand in
// the queue some microseconds out of the order of their stamps.
//
// The kernel takes time stamps only while some socket of the machine asks for
// them. When the first one does, it switches them on in the background
// (net_enable_timestamp), which was seen to take up to 4 ms. A frame that passes
// before carries the time at which it was read instead. So open the Sources
// first, and then build what makes traffic.
//
// # Harmless
//
// A Source never makes an interface promiscuous. On a bridge with br_netfilter
// that would change what is being watched: a DNATed frame is then delivered
// twice. It sends nothing. Its socket, like any socket, keeps its namespace in
// existence until Close.
//
// # Why not a source of gopacket's
//
// pcapgo.EthernetHandle does not tell the direction, cannot be closed while it
// is reading, and cuts frames at the interface's MTU, which veth exceeds with
// segmentation offload. gopacket's afpacket and pcap packages need cgo.
//
// # Left out
//
// Reading capture files, pcapng and merging are not here. There are no capture
// filters: a lab's namespaces carry only the lab's traffic. All interfaces are
// taken for Ethernet, which bridge, veth, VLAN, dummy and loopback are; frames
// of others (tun, wireguard) come as the device has them, without such a header.
package capture
