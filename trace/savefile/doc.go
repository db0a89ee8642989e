// Package savefile reads capture files, and writes capture files that hold more than
// packets.
//
//	pcap ────┐                      ┌─ Interfaces: name, link type
//	pcapng ──┼─ gzip? ─▶ Reader ────┤
//	         ┘                      └─ Next: Record after Record
//
// A [Reader] detects the format: classic pcap with microseconds or nanoseconds, in either
// byte order; pcapng with any number of sections and interfaces; either of them
// compressed with gzip. Reading copies nothing: a Record's bytes are valid until the next
// call of Next.
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
// Capture files come from anywhere. Whatever is in them, a Reader's memory is bounded.
// What cannot be read is an [Error] with its offset; everything before it has been
// returned by then.
//
// A [Writer] writes pcapng with details that classic pcap has no room for: the interface,
// direction, number and comment of each packet, names for addresses, and attachments that
// other programs skip.
//
// The formats are those of draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
//
// # Left out
//
// The contents of packets are not decoded. pcapng's blocks for statistics, secrets,
// journals and custom data are skipped, and so are the names in name resolution blocks.
package savefile
