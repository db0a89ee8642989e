package stitch

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"

	"tracer/sim/labtest"
	"tracer/trace"
	"tracer/trace/savefile"
)

// segment is one of a connection between 10.0.0.1:40000 and 10.0.0.2:80.
type segment struct {
	after    time.Duration // since the one before
	answer   bool
	flags    string // of "SAFR"
	seq, ack uint32
	length   int
}

// writeSegments writes segments as a capture of the client's interface.
func writeSegments(t *testing.T, list []segment) string {
	t.Helper()
	var records []savefile.Record
	now := time.Unix(1_700_000_000, 0)
	for i, s := range list {
		now = now.Add(s.after)
		client, server := net.IP{10, 0, 0, 1}, net.IP{10, 0, 0, 2}
		eth := &layers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: layers.EthernetTypeIPv4}
		ip := &layers.IPv4{Version: 4, TTL: 64, Id: uint16(i + 1), Protocol: layers.IPProtocolTCP, SrcIP: client, DstIP: server}
		tcp := &layers.TCP{SrcPort: 40000, DstPort: 80, Seq: s.seq, Ack: s.ack, Window: 1000}
		if s.answer {
			ip.SrcIP, ip.DstIP, tcp.SrcPort, tcp.DstPort = server, client, 80, 40000
			eth.SrcMAC, eth.DstMAC = eth.DstMAC, eth.SrcMAC
		}
		has := func(f string) bool { return strings.Contains(s.flags, f) }
		tcp.SYN, tcp.ACK, tcp.FIN, tcp.RST = has("S"), has("A"), has("F"), has("R")
		if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
			t.Fatal(err)
		}
		b := gopacket.NewSerializeBuffer()
		err := gopacket.SerializeLayers(b, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, eth, ip, tcp, gopacket.Payload(make([]byte, s.length)))
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, savefile.Record{Time: now, Length: len(b.Bytes()), Data: b.Bytes()})
	}
	return writeCapture(t, "segments", records)
}

// writeCapture writes frames of Ethernet to a file.
func writeCapture(t *testing.T, name string, records []savefile.Record) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name+".pcap")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := savefile.NewPcapWriter(out, trace.LinkEthernet)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), out.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

// What counts as a retransmission is what Wireshark calls one, and so are resets.
func TestSegments(t *testing.T) {
	const ms = time.Millisecond
	path := writeSegments(t, []segment{
		{0, false, "S", 99, 0, 0},
		{1000 * ms, false, "S", 99, 0, 0}, // again
		{ms, true, "SA", 499, 100, 0},
		{200 * ms, true, "SA", 499, 100, 0}, // again
		{ms, false, "A", 100, 500, 0},
		{ms, false, "A", 100, 500, 100},
		{ms, true, "A", 500, 200, 0},
		{250 * ms, false, "A", 100, 500, 100}, // again
		{ms, true, "A", 500, 200, 1000},
		{ms, true, "A", 2500, 200, 1000}, // one before it is missing
		{ms, true, "A", 1500, 200, 1000}, // which comes now
		{ms, false, "A", 200, 3500, 0},
		{400 * ms, false, "A", 199, 3500, 0}, // asks whether the other is there
		{ms, true, "A", 3500, 200, 0},
		{ms, true, "A", 3000, 200, 500}, // a part of what was sent, again
		{ms, false, "FA", 200, 3500, 0},
		{300 * ms, false, "FA", 200, 3500, 0}, // again
		{ms, true, "RA", 3500, 201, 0},
	})
	r, err := Files(t.Context(), []Source{file(t, path)}, Options{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	count := func(filter string) int {
		return strings.Count(labtest.Output(t, "tshark", "-n", "-r", path, "-Y", filter, "-T", "fields", "-e", "frame.number"), "\n")
	}
	if got, want := r.Survey.Retransmissions.Packets, 5; got != want {
		t.Errorf("%d retransmissions, want %d: %+v", got, want, r.Survey.Retransmissions.Examples)
	}
	if got, want := r.Survey.Retransmissions.Packets, count("tcp.analysis.retransmission or tcp.analysis.fast_retransmission or tcp.analysis.spurious_retransmission"); got != want {
		t.Errorf("%d retransmissions, tshark says %d", got, want)
	}
	if got, want := r.Survey.Resets.Packets, count("tcp.flags.reset == 1"); got != want {
		t.Errorf("%d resets, tshark says %d", got, want)
	}
	if got := r.Survey.Conversations; got != 1 {
		t.Errorf("%d conversations", got)
	}
}
