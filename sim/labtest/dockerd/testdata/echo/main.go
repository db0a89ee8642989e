package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
)

func main() {
	listener, err := net.Listen("tcp4", ":80")
	if err != nil {
		log.Fatal(err)
	}
	go pages(listener)
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

// pages answers requests with the address that they come from.
func pages(listener net.Listener) {
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			log.Print(err)
		}
		fmt.Fprint(w, host)
	})))
}
