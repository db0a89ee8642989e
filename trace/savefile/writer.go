package savefile

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"tracer/trace"
)

// Writer writes a pcapng file: little-endian, one section, time stamps in
// nanoseconds. First come the interfaces, names and attachments, then the
// packets.
//
// The Writer stops at the first error of the underlying writer; Flush returns it. A packet
// whose time the format cannot hold is left out, and Flush returns an error.
type Writer struct {
	out   *bufio.Writer
	block []byte // the block being built
	err   error  // for the first packet that could not be written
}

// lastSecond is the first second that such a time stamp cannot hold completely.
const lastSecond = math.MaxUint64 / uint64(time.Second)

// errTime means that a time does not fit into 64 bits of nanoseconds since 1970.
var errTime = errors.New("time stamp outside 1970 to 2554")

// NewWriter begins a file. comment is about the file as a whole.
func NewWriter(w io.Writer, comment string) *Writer {
	out := &Writer{out: bufio.NewWriterSize(w, 64<<10)}
	out.begin(sectionHeader)
	out.u32(byteOrderMagic)
	out.u32(1)         // version 1.0
	out.u64(1<<64 - 1) // the section's length is not given
	out.option(optionComment, comment)
	out.option(optionProgram, "tracer")
	out.endOptions()
	out.end()
	return out
}

// Interface describes an interface. Interfaces are numbered from 0, in the order of the
// calls.
func (w *Writer) Interface(i Interface) {
	w.begin(interfaceBlock)
	w.u32(uint32(i.Link))
	w.u32(uint32(i.SnapLength))
	w.option(optionName, i.Name)
	w.option(optionDescription, i.Description)
	w.option(optionResolution, "\x09")
	w.endOptions()
	w.end()
}

// Name is a name for an address.
type Name struct {
	Address netip.Addr
	Name    string
}

// Names writes names of addresses. In the file, a NUL ends a name, so empty names and
// those that contain a NUL are left out. Names too long for the format are cut.
func (w *Writer) Names(names []Name) {
	w.begin(namesBlock)
	for _, n := range names {
		if n.Name == "" || strings.ContainsRune(n.Name, 0) {
			continue
		}
		kind := uint16(1)
		if n.Address.Is6() {
			kind = 2
		}
		a := n.Address.AsSlice()
		w.u16(kind)
		name := cutText(n.Name, maxOption-len(a)-1)
		w.u16(uint16(len(a) + len(name) + 1))
		w.block = append(append(append(w.block, a...), name...), 0)
		w.pad()
	}
	w.u32(0) // the end of the names
	w.end()
}

// Write writes a packet, with its direction, number and comment, if any.
func (w *Writer) Write(r Record) {
	if s := r.Time.Unix(); s < 0 || uint64(s) >= lastSecond {
		w.err = cmp.Or(w.err, fmt.Errorf("pcapng packet: %w: %v", errTime, r.Time))
		return
	}
	t := uint64(r.Time.UnixNano())
	w.begin(enhancedBlock)
	w.u32(uint32(r.Interface))
	w.u32(uint32(t >> 32))
	w.u32(uint32(t))
	w.u32(uint32(len(r.Data)))
	w.u32(uint32(r.Length))
	w.block = append(w.block, r.Data...)
	w.pad()
	w.option(optionComment, r.Comment)
	if r.Direction == trace.In || r.Direction == trace.Out {
		w.option(optionFlags, string(binary.LittleEndian.AppendUint32(nil, uint32(r.Direction))))
	}
	if r.ID != 0 {
		w.option(optionID, string(binary.LittleEndian.AppendUint64(nil, r.ID)))
	}
	w.endOptions()
	w.end()
}

// Flush writes buffered data, and returns the first error.
func (w *Writer) Flush() error { return cmp.Or(w.err, w.out.Flush()) }

func (w *Writer) begin(kind uint32) {
	w.block = w.block[:0]
	w.u32(kind)
	w.u32(0) // the length, filled in later
}

func (w *Writer) end() {
	n := uint32(len(w.block) + 4)
	binary.LittleEndian.PutUint32(w.block[4:], n)
	w.u32(n)
	_, _ = w.out.Write(w.block) // Flush returns the error
}

// maxOption is the maximum length of an option, or of an address with its name, in bytes.
const maxOption = 1<<16 - 1

// cutText cuts a text to a maximum number of bytes, between characters.
func cutText(s string, most int) string {
	if len(s) <= most {
		return s
	}
	end := most
	for end > most-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

func (w *Writer) endOptions() { w.u32(optionEnd) }

// option adds an option, unless it is empty, and cuts it if it is too long.
func (w *Writer) option(code uint16, v string) {
	if v == "" {
		return
	}
	v = cutText(v, maxOption)
	w.u16(code)
	w.u16(uint16(len(v)))
	w.block = append(w.block, v...)
	w.pad()
}

func (w *Writer) pad() {
	for len(w.block)%4 != 0 {
		w.block = append(w.block, 0)
	}
}

func (w *Writer) u16(v uint16) { w.block = binary.LittleEndian.AppendUint16(w.block, v) }
func (w *Writer) u32(v uint32) { w.block = binary.LittleEndian.AppendUint32(w.block, v) }
func (w *Writer) u64(v uint64) { w.block = binary.LittleEndian.AppendUint64(w.block, v) }
