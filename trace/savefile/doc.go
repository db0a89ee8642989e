// Package savefile reads capture files, and writes those that hold more than
// packets.
//
//	pcap ────┐                      ┌─ Interfaces: name, link type
//	pcapng ──┼─ gzip? ─▶ Reader ────┤
//	         ┘                      └─ Next: Record after Record
//
// A [Reader] finds out by itself what it is given: classic pcap with
// microseconds or nanoseconds, of either byte order; pcapng with any number of
// sections and interfaces; either of them compressed with gzip. Reading copies
// nothing: a Record's bytes are good until the next one is asked for.
//
//	r, err := savefile.NewReader(f)
//	for err == nil {
//		var rec savefile.Record
//		if rec, err = r.Next(); err == nil {
//			fmt.Println(rec.Time, r.Interfaces()[rec.Interface].Name, len(rec.Data))
//		}
//	}
//	if err != io.EOF {
//		log.Print(err) // says at which offset
//	}
//
// Capture files come from anywhere. Whatever is in them, a Reader takes no more
// memory than its buffer, and what cannot be read is an [Error] that says where;
// all that came before has been handed out by then.
//
// A [Writer] writes pcapng with what classic pcap has no room for: which
// interface and which way, a number and a comment for each packet, names for
// addresses, and attachments that other programs pass over.
//
// The formats are those of draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
//
// # Left out
//
// What is inside the packets is for others to read. Of pcapng's blocks, the ones
// for statistics, secrets, journals and custom data are passed over, and so are
// the names in name resolution blocks.
package savefile
