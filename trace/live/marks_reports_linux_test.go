package live

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"tracer/scenarios"
	"tracer/trace"
	"tracer/trace/capture"
	"tracer/trace/nftrace"
)

// TestMarksOfReports: each report of a multicast group has a number, although the kernel leaves
// something else in its mark. A bridge's copies have the number of the original. A node sends
// every report twice, with equal bytes.
func TestMarksOfReports(t *testing.T) {
	s, err := scenarios.Load("masquerade")
	if err != nil {
		t.Fatal(err)
	}
	session := openFor(t, s, Options{})
	for _, group := range []string{"239.1.2.3", "ff02::1:2:3"} {
		t.Run(group, func(t *testing.T) {
			copies := map[uint32][]string{} // places by number
			for _, r := range reports(t, session, netip.MustParseAddr(group)) {
				if !nftrace.Numbered(r.mark) {
					t.Errorf("%s: mark %#x is no number", r.place, r.mark)
				}
				copies[r.mark] = append(copies[r.mark], r.place)
			}
			if len(copies) != 2 {
				t.Errorf("not two reports: %v", copies)
			}
			for mark, places := range copies {
				if slices.Sort(places); !slices.Equal(places, []string{"lan", "lan1", "lan2"}) {
					t.Errorf("number %#x is at %v", mark, places)
				}
			}
		})
	}
}

// reports makes the gateway join a group at its bridge, and returns the two reports that it sends,
// at the bridge and at both ports.
func reports(t *testing.T, session *Session, group netip.Addr) (list []sighting) {
	t.Helper()
	names := map[int]string{}
	var source *capture.Source
	var member *net.UDPConn
	if err := session.Do("gateway", func() error {
		for _, name := range []string{"lan", "lan1", "lan2"} {
			i, err := net.InterfaceByName(name)
			if err != nil {
				return err
			}
			names[i.Index] = name
		}
		bridge, err := net.InterfaceByName("lan")
		if err != nil {
			return err
		}
		if source, err = capture.Listen(); err != nil {
			return err
		}
		network := map[bool]string{true: "udp4", false: "udp6"}[group.Is4()]
		member, err = net.ListenMulticastUDP(network, bridge, &net.UDPAddr{IP: group.AsSlice(), Port: 9})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	defer member.Close()
	tooLong := time.AfterFunc(10*time.Second, source.Stop)
	defer tooLong.Stop()
	for len(list) < 2*len(names) {
		data, info, err := source.ReadPacketData()
		if err != nil {
			t.Fatalf("after %d reports: %v", len(list), err)
		}
		if capture.DirectionOf(info) == trace.Out && bytes.Contains(data[14+20:], group.AsSlice()) && names[info.InterfaceIndex] != "" {
			list = append(list, sighting{place: names[info.InterfaceIndex], mark: uint32(capture.MarkOf(info))})
		}
	}
	return list
}
