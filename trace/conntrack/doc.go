// Package conntrack reports what the kernel's connection tracking does: the entries
// that it creates, updates and removes. Each network namespace has its own table.
//
// An entry consists of two tuples. The original tuple is that of the first packet as it
// was sent, and the reply tuple is that of a reply as it comes in. Without NAT, one is
// the reverse of the other. With NAT they differ, and the difference is the translation:
//
//	original  192.168.52.202:48702 → 192.168.52.203:80      sent to 192.168.52.203:80,
//	reply     172.17.0.2:5000      → 192.168.52.202:48702   answered by 172.17.0.2:5000: DNAT
//
// A packet that matches one tuple leaves with the reverse of the other, whatever the nat
// rules say by then: [Entry.Translate].
//
//	r, err := conntrack.Listen() // in the calling thread's namespace
//	known, err := conntrack.List()
//	go r.Run(func(e conntrack.Event) { … })
//	…
//	r.Stop()
//
// Reading changes nothing: it does not switch on connection tracking if no rule needs it.
//
// Labels and expectations (the related connections of FTP, for example) are not
// read.
package conntrack
