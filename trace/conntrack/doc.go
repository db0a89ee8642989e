// Package conntrack reads what the kernel's connection tracking does: the
// entries it makes, changes and removes, one table in each network namespace.
//
// An entry is two tuples. The original one is the first packet as it was sent;
// the reply one is what answers will look like when they come in. Without NAT
// the second is the first reversed. With NAT it is not, and that difference is
// the whole translation:
//
//	original  192.168.52.202:48702 → 192.168.52.203:80
//	reply     172.17.0.2:5000      → 192.168.52.202:48702
//
// A packet that matches one tuple leaves as the other one reversed, whatever
// the nat rules say by then: [Entry.Translate].
//
//	r, err := conntrack.Listen()   // in the calling thread's namespace
//	go r.Run(func(e conntrack.Event) { … })
//	…
//	r.Stop()
//
// Expectations (related connections of FTP and the like), zones and labels are
// left out.
package conntrack
