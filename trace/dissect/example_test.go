package dissect_test

import (
	"fmt"

	"tracer/trace/dissect"
)

// Printing a frame takes two loops.
func ExampleFrame() {
	frame := []byte("\xff\xff\xff\xff\xff\xff\x02\x42\xac\x11\x00\x02\x08\x06" + // broadcast
		"\x00\x01\x08\x00\x06\x04\x00\x01" + // an ARP request
		"\x02\x42\xac\x11\x00\x02\xac\x11\x00\x02" + "\x00\x00\x00\x00\x00\x00\xac\x11\x00\x03")
	for _, layer := range dissect.Frame(frame) {
		fmt.Printf("%s, %d bytes\n", layer.Name, layer.Length)
		for _, field := range layer.Fields {
			fmt.Printf("    %s: %s\n", field.Name, field.Value)
		}
	}
	// Output:
	// Ethernet, 14 bytes
	//     destination: ff:ff:ff:ff:ff:ff (broadcast)
	//     source: 02:42:ac:11:00:02
	//     type: 0x0806 (ARP)
	// ARP, 28 bytes
	//     hardware type: 1 (Ethernet)
	//     protocol type: 0x0800 (IPv4)
	//     hardware address length: 6 bytes
	//     protocol address length: 4 bytes
	//     operation: 1 (request)
	//     sender hardware address: 02:42:ac:11:00:02
	//     sender protocol address: 172.17.0.2
	//     target hardware address: 00:00:00:00:00:00
	//     target protocol address: 172.17.0.3
}
