package judge

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/vishvananda/netlink"
)

// Observer gathers the judge's own evidence.
//
//	Observe ──▶ recorder starts ──▶ World.Send ──▶ Settle ──▶ recorder stops ──▶ Evidence
type Observer struct {
	world    *World
	taps     []*tap
	tracking map[string]*tracking
	evidence *Evidence
}

// Observe begins to observe a network.
func (w *World) Observe() (*Observer, error) {
	o := &Observer{world: w, tracking: map[string]*tracking{}, evidence: &Evidence{Network: w.Network, Oracle: w}}
	var err error
	for _, n := range w.Network.Nodes {
		err = w.Do(n.Name, func() error {
			t, err := newTap(n.Name)
			if err == nil {
				o.taps = append(o.taps, t)
			}
			return err
		})
		if err == nil {
			err = w.Do(n.Name, func() (err error) {
				o.tracking[n.Name], err = newTracking()
				return err
			})
		}
		if err != nil {
			delete(o.tracking, n.Name)
			o.close()
			return nil, fmt.Errorf("%s: %w", n.Name, err)
		}
	}
	if o.evidence.Before, err = w.allCounters(); err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

func (w *World) allCounters() (map[string]*Counters, error) {
	all := map[string]*Counters{}
	for _, n := range w.Network.Nodes {
		c, err := w.counters(n.Name)
		if err != nil {
			return nil, fmt.Errorf("counters of %s: %w", n.Name, err)
		}
		all[n.Name] = c
	}
	return all, nil
}

const (
	quietFor   = 120 * time.Millisecond
	quietLimit = 2 * time.Second
)

// Settle waits until no frame has been seen for a while, so that the recording can end.
func (o *Observer) Settle() (err error) {
	for limit := time.Now().Add(quietLimit); ; time.Sleep(5 * time.Millisecond) {
		quiet := !slices.ContainsFunc(o.taps, func(t *tap) bool { return t.quiet() < quietFor })
		if quiet || time.Now().After(limit) {
			o.evidence.Restless = !quiet
			o.evidence.Ending, err = o.world.allCounters()
			return err
		}
	}
}

// Evidence ends the observation.
func (o *Observer) Evidence() (*Evidence, error) {
	e := o.evidence
	o.world.log.into(e) // what programs receive from here on may have passed no tap
	var err error
	if e.After, err = o.world.allCounters(); err != nil {
		o.close()
		return nil, err
	}
	o.close()
	e.Moments = o.world.moments
	return e, nil
}

// close ends the listeners at the same time: each waits for the kernel.
func (o *Observer) close() {
	var all sync.WaitGroup
	var mu sync.Mutex
	e := o.evidence
	e.Entries = map[string][]Entry{}
	for _, t := range o.taps {
		all.Go(func() {
			seen, lost := t.close()
			mu.Lock()
			defer mu.Unlock()
			e.Sightings = append(e.Sightings, seen...)
			e.LostOwn = e.LostOwn || lost > 0
		})
	}
	for node, t := range o.tracking {
		all.Go(func() {
			list, err := t.close()
			mu.Lock()
			defer mu.Unlock()
			if e.Entries[node] = list; err != nil {
				e.LostOwn = true
			}
		})
	}
	all.Wait()
	slices.SortStableFunc(e.Sightings, func(a, b Sighting) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.At.String(), b.At.String()))
	})
}

// Answers returns how the requests ended, in words.
func (w *World) Answers() []string {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	return slices.Clone(w.log.answers)
}

// Route is for [Oracle]: as "ip route get fibmatch" and "ip route get".
func (w *World) Route(node string, q Query) (c Chosen, err error) {
	err = w.Do(node, func() error {
		return routes(func(l *netlink.Handle) error {
			if q.Destination.Is6() && !w.Network.IP.six() {
				return syscall.EAFNOSUPPORT
			}
			options := &netlink.RouteGetOptions{Iif: q.Incoming, Mark: q.Mark}
			if q.Source.IsValid() {
				options.SrcAddr = q.Source.AsSlice()
			}
			used, err := l.RouteGetWithOptions(q.Destination.AsSlice(), options)
			if err != nil {
				return err
			}
			if refused := refusal(used[0].Type); refused != nil {
				return refused
			}
			options.FIBMatch = true
			entry, err := l.RouteGetWithOptions(q.Destination.AsSlice(), options)
			if err != nil {
				return err
			}
			return c.fill(l, &used[0], &entry[0])
		})
	})
	return c, err
}

func (c *Chosen) fill(l *netlink.Handle, used, entry *netlink.Route) error {
	gateway, _ := netip.AddrFromSlice(used.Gw)
	c.Gateway = gateway.Unmap()
	c.Local, c.Table = used.Type == rtnLocal || used.Type == rtnAnycast, entry.Table
	c.Destination = netip.PrefixFrom(netip.IPv4Unspecified(), 0)
	if entry.Family == netlink.FAMILY_V6 {
		c.Destination = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
	}
	if entry.Dst != nil {
		a, _ := netip.AddrFromSlice(entry.Dst.IP)
		bits, _ := entry.Dst.Mask.Size()
		c.Destination = netip.PrefixFrom(a.Unmap(), bits)
	}
	link, err := l.LinkByIndex(used.LinkIndex)
	if err != nil {
		return err
	}
	c.Interface = link.Attrs().Name
	return nil
}

// Types of routes (RTN_… in include/uapi/linux/rtnetlink.h).
const (
	rtnLocal       = 2
	rtnAnycast     = 4
	rtnBlackhole   = 6
	rtnUnreachable = 7
	rtnProhibit    = 8
)

// refusal returns the error for a route that leads nowhere. For IPv6, the kernel answers with
// such a route; for IPv4, with the error.
func refusal(of int) error {
	switch of {
	case rtnBlackhole:
		return syscall.EINVAL
	case rtnUnreachable:
		return syscall.EHOSTUNREACH
	case rtnProhibit:
		return syscall.EACCES
	}
	return nil
}

// Neighbour is for [Oracle].
func (w *World) Neighbour(node, iface string, a netip.Addr) (mac string) {
	_ = w.Do(node, func() error { // on an error, the result is empty
		return routes(func(l *netlink.Handle) error {
			link, err := l.LinkByName(iface)
			if err != nil {
				return err
			}
			list, err := l.NeighList(link.Attrs().Index, netlink.FAMILY_ALL)
			for _, n := range list {
				if n.IP.Equal(net.IP(a.AsSlice())) {
					mac = n.HardwareAddr.String()
				}
			}
			return err
		})
	})
	return mac
}
