package main

import (
	"log"
	"net"
)

func main() {
	conn, err := net.ListenPacket("udp4", ":53")
	if err != nil {
		log.Fatal(err)
	}
	b := make([]byte, 65536)
	for {
		n, from, err := conn.ReadFrom(b)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := conn.WriteTo(b[:n], from); err != nil {
			log.Print(err)
		}
	}
}
