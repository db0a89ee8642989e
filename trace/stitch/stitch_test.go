package stitch

import (
	"context"
	"fmt"
	"testing"
)

func TestDbg(t *testing.T) {
	d := "/work/shared/captures/docker-20.10-published-port/"
	r, err := Files(context.Background(), []Source{{Path: d + "client-eth0.pcap"}, {Path: d + "ens160.pcap"}, {Path: d + "docker0.pcap"}, {Path: d + "veth1d89ec9.pcap"}, {Path: d + "container-any-sll2.pcap"}}, Options{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range r.Journeys {
		fmt.Println("#", j.ID, j.Summary, j.Direction, j.Outcome)
		for _, h := range j.Hops {
			fmt.Println("   ", h.Node, h.Interface, h.Packet.Source(), h.Packet.Destination(), h.Packet.TTL, h.Time.UnixMicro()%1000000, len(h.Changes), h.Ambiguous)
		}
	}
	fmt.Printf("%+v\n", r.Survey)
}
