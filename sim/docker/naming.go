package docker

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"tracer/sim"
)

// What Docker chooses at random is derived from names here, so that two runs are equal.

// containerInterface names a container's interfaces, from 0.
func containerInterface(k int) string { return fmt.Sprintf("eth%d", k) }

// vethName returns "veth" and seven hexadecimal digits.
func vethName(container string) string {
	sum := sha256.Sum256([]byte("veth " + container))
	return "veth" + hex.EncodeToString(sum[:])[:7]
}

// bridgeMAC returns a bridge's hardware address.
func bridgeMAC(r release, bridge string) sim.MAC {
	if !r.has(addressMACs) {
		return sim.DeriveMAC("bridge " + bridge)
	}
	sum := sha256.Sum256([]byte("bridge " + bridge))
	return sim.MAC{0x02, 0x42, sum[0], sum[1], sum[2], sum[3]}
}

// containerMAC returns the hardware address of a container's interface.
func containerMAC(r release, container string, a Attachment) sim.MAC {
	if !r.has(addressMACs) {
		return sim.DeriveMAC("container " + container + " " + a.Network)
	}
	b := a.Address.As4()
	return sim.MAC{0x02, 0x42, b[0], b[1], b[2], b[3]}
}

// shortID returns the first twelve digits of a container's id, by which it is also known.
func shortID(container string) string {
	sum := sha256.Sum256([]byte("id " + container))
	return hex.EncodeToString(sum[:])[:12]
}

// ephemeral returns a port such as the kernel chooses.
func ephemeral(purpose string) uint16 {
	sum := sha256.Sum256([]byte(purpose))
	return firstEphemeral + binary.BigEndian.Uint16(sum[:])%(lastEphemeral-firstEphemeral+1)
}
