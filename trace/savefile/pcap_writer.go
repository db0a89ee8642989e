package savefile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/google/gopacket"
	"github.com/google/gopacket/pcapgo"

	"tracer/trace"
)

// snapLength is the maximum length of a frame in tracer's own files. It is tcpdump's
// default, and the largest that libpcap accepts for Ethernet.
const snapLength = 262144

// A PcapWriter writes frames to a classic pcap file: one link type, snap length 262144,
// nanosecond time stamps (magic 0xa1b23c4d; read by libpcap since 1.5 and by Wireshark).
// The format cannot record interface or direction, so it is meant for the frames of one
// interface, in a file named after it.
//
// A PcapWriter is not safe for concurrent use.
type PcapWriter struct {
	buf  *bufio.Writer
	file *pcapgo.Writer
}

// NewPcapWriter starts a capture file on w. It writes the file header at once: a capture
// without frames is a valid file, too.
func NewPcapWriter(w io.Writer, link trace.LinkType) (*PcapWriter, error) {
	buf := bufio.NewWriterSize(w, 64<<10)
	file := pcapgo.NewWriterNanos(buf)
	// gopacket's type for link types is too narrow, so the number is inserted here.
	header := bytes.Buffer{}
	if err := pcapgo.NewWriterNanos(&header).WriteFileHeader(snapLength, 0); err != nil {
		return nil, fmt.Errorf("pcap header: %w", err)
	}
	binary.LittleEndian.PutUint16(header.Bytes()[20:], uint16(link))
	if _, err := buf.Write(header.Bytes()); err != nil {
		return nil, fmt.Errorf("pcap header: %w", err)
	}
	if err := buf.Flush(); err != nil {
		return nil, fmt.Errorf("pcap header: %w", err)
	}
	return &PcapWriter{buf: buf, file: file}, nil
}

// Write appends one frame, up to the snap length. It does not keep f.Data. Frames are
// buffered: an error of the underlying writer may only appear at a later Write or at
// Flush.
//
// A time stamp that does not fit into the format's unsigned 32-bit seconds, such as the
// zero Time, is an error, and the frame is not written.
func (w *PcapWriter) Write(f Record) error {
	if s := f.Time.Unix(); s < 0 || s > math.MaxUint32 {
		return fmt.Errorf("pcap frame: time stamp outside 1970 to 2106: %v", f.Time)
	}
	data := f.Data[:min(len(f.Data), snapLength)]
	err := w.file.WritePacket(gopacket.CaptureInfo{
		Timestamp:      f.Time,
		CaptureLength:  len(data),
		Length:         f.Length,
		InterfaceIndex: f.Interface,
	}, data)
	if err != nil {
		return fmt.Errorf("pcap frame: %w", err)
	}
	return nil
}

// Flush writes what is buffered to the underlying writer.
func (w *PcapWriter) Flush() error {
	if err := w.buf.Flush(); err != nil {
		return fmt.Errorf("pcap flush: %w", err)
	}
	return nil
}
