package docker

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"

	"tracer/sim"
)

// containerInterface is the name of a container's first interface.
const containerInterface = "eth0"

// vethName returns "veth" and seven hexadecimal digits. Docker chooses them at random; here
// they are derived from the container's name.
func vethName(container string) string {
	sum := sha256.Sum256([]byte("veth " + container))
	return "veth" + hex.EncodeToString(sum[:])[:7]
}

// bridgeMAC returns 02:42 and four octets. Docker chooses them at random; here they are
// derived from the bridge's name.
func bridgeMAC(bridge string) sim.MAC {
	sum := sha256.Sum256([]byte("bridge " + bridge))
	return sim.MAC{0x02, 0x42, sum[0], sum[1], sum[2], sum[3]}
}

// containerMAC returns 02:42 and the four octets of the IPv4 address.
func containerMAC(a netip.Addr) sim.MAC {
	b := a.As4()
	return sim.MAC{0x02, 0x42, b[0], b[1], b[2], b[3]}
}
