package nftrace

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/google/nftables"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// Probe is tracer's tables in a network namespace, one for IPv4 and one for IPv6.
//
// The tables are owned by the Probe's netlink socket (NFT_TABLE_F_OWNER, Linux 5.12).
// Others can list them but not change them, not even with "flush ruleset", and the kernel
// removes them with the socket, however the process ends:
//
//	Install ──▶ netlink socket ──owns──▶ table ip tracer, table ip6 tracer
//	Close, exit, SIGKILL ──▶ socket closed ──▶ tables removed
//
// On older kernels they are ordinary tables, which stay if the process is killed.
type Probe struct {
	conn   *nftables.Conn
	tables []*nftables.Table // without IPv6's, if the kernel has no IPv6
	owned  bool
	marks  bool
	first  map[Family]bool // there are chains for first packets
	limit  Limit           // of first packets

	close sync.Once
	err   error // of closing
}

// tableOwner is NFT_TABLE_F_OWNER (include/uapi/linux/netfilter/nf_tables.h).
const tableOwner = 0x2

// Install adds tracer's tables to the network namespace of the calling thread. It fails
// with an error that wraps [os.ErrExist] or [os.ErrPermission] if there is one already.
func Install(c Config) (*Probe, error) { return install(c, tableOwner) }

// install is Install with the given table flags, where the kernel supports them.
func install(c Config, flags uint32) (*Probe, error) {
	p := &Probe{owned: true, first: map[Family]bool{}}
	var socket *netlink.Conn
	var err error
	p.conn, err = nftables.New(nftables.AsLasting(), nftables.WithSockOptions(func(c *netlink.Conn) error {
		socket = c
		return nil
	}))
	if err != nil {
		return nil, fmt.Errorf("install rule trace: %w", err)
	}
	for _, f := range []nftables.TableFamily{nftables.TableFamilyIPv4, nftables.TableFamilyIPv6} {
		err = create(socket, f, flags)
		if flags != 0 && (errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EINVAL)) {
			p.owned, flags = false, 0
			err = create(socket, f, flags)
		}
		if len(p.tables) > 0 && (errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EAFNOSUPPORT)) {
			err = nil // no IPv6
			break
		}
		if err != nil {
			break
		}
		p.tables = append(p.tables, &nftables.Table{Name: Table, Family: f})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("install rule trace: table %s: %w", Table, err), p.conn.CloseLasting())
	}
	if err := p.fill(c); err != nil {
		return nil, errors.Join(fmt.Errorf("install rule trace: %w", err), p.Close())
	}
	return p, nil
}

// fill adds the chains to the tables. It leaves out the marks if the kernel cannot count
// packets (CONFIG_NFT_NUMGEN).
func (p *Probe) fill(c Config) error {
	p.marks, p.limit = c.Marks, c.First
	for _, t := range p.tables {
		p.conn.AddObj(untraced(t))
		addChains(p.conn, t, c, func(of chain) bool { return !forFirst(of) })
	}
	err := p.conn.Flush()
	if errors.Is(err, unix.ENOENT) && c.Marks {
		c.Marks = false
		return p.fill(c)
	}
	return err
}

// TraceFirst adds the chains for the first packets of connections of a family. It is for
// namespaces with nat rules for that family. In others, a chain that tests the state of a
// connection would switch on connection tracking, and so change what happens to packets:
// fragments would be reassembled. Like Untraced and Unmark, it must not run at the same time as
// Close.
func (p *Probe) TraceFirst(f Family) error {
	for _, t := range p.tables {
		if Family(t.Family) != f || p.first[f] {
			continue
		}
		addChains(p.conn, t, Config{First: p.limit}, forFirst)
		if err := p.conn.Flush(); err != nil {
			return fmt.Errorf("rule trace: chains for first packets: %w", err)
		}
		p.first[f] = true
	}
	return nil
}

// Marks reports whether the probe numbers packets: see [Numbered].
func (p *Probe) Marks() bool { return p.marks }

// Untraced returns how many packets have exceeded [Config.All] so far. At most, their nat
// rules were traced. A packet on the loopback interface may count twice.
func (p *Probe) Untraced() (sum uint64, err error) {
	for _, t := range p.tables {
		got, err := p.conn.GetObject(untraced(t))
		if err != nil {
			return 0, fmt.Errorf("rule trace: count of untraced packets: %w", err)
		}
		counter, ok := got.(*nftables.CounterObj)
		if !ok {
			return 0, fmt.Errorf("rule trace: count of untraced packets: the kernel sent a %T", got)
		}
		sum += counter.Packets
	}
	return sum, nil
}

// Unmark makes the probe stop numbering packets, if something else turns out to use marks.
func (p *Probe) Unmark() error {
	if !p.marks {
		return nil
	}
	for _, t := range p.tables {
		for name, c := range chains {
			if c.traces != allPackets {
				continue
			}
			rules, err := p.conn.GetRules(t, &nftables.Chain{Name: name})
			for _, r := range rules {
				if err == nil && bytes.Equal(r.UserData, numbers()) {
					err = p.conn.DelRule(r)
				}
			}
			if err != nil {
				return fmt.Errorf("rule trace: stop numbering packets: %w", err)
			}
		}
	}
	if err := p.conn.Flush(); err != nil {
		return fmt.Errorf("rule trace: stop numbering packets: %w", err)
	}
	p.marks = false
	return nil
}

// create creates the table. The nftables package cannot give it flags.
func create(socket *netlink.Conn, f nftables.TableFamily, flags uint32) error {
	attributes, err := netlink.MarshalAttributes([]netlink.Attribute{
		{Type: unix.NFTA_TABLE_NAME, Data: []byte(Table + "\x00")},
		{Type: unix.NFTA_TABLE_FLAGS, Data: []byte{0, 0, 0, byte(flags)}}, // big-endian
	})
	if err != nil {
		return err
	}
	message := func(kind uint16, flags netlink.HeaderFlags, family, subsystem byte, attributes []byte) netlink.Message {
		return netlink.Message{
			Header: netlink.Header{Type: netlink.HeaderType(kind), Flags: netlink.Request | flags},
			Data:   append([]byte{family, unix.NFNETLINK_V0, 0, subsystem}, attributes...), // struct nfgenmsg
		}
	}
	const newTable = unix.NFNL_SUBSYS_NFTABLES<<8 | unix.NFT_MSG_NEWTABLE
	if _, err := socket.SendMessages([]netlink.Message{
		message(unix.NFNL_MSG_BATCH_BEGIN, 0, 0, unix.NFNL_SUBSYS_NFTABLES, nil),
		message(newTable, netlink.Acknowledge|netlink.Create|netlink.Excl, byte(f), 0, attributes),
		message(unix.NFNL_MSG_BATCH_END, 0, 0, unix.NFNL_SUBSYS_NFTABLES, nil),
	}); err != nil {
		return err
	}
	_, err = socket.Receive()
	return err
}

// Close removes the tables. It waits for an RCU grace period, which takes some 20 ms;
// Probes that are closed at the same time share it. Only the first call has an effect.
func (p *Probe) Close() error {
	p.close.Do(func() {
		if !p.owned {
			for _, t := range p.tables {
				p.conn.DelTable(t)
			}
			if err := p.conn.Flush(); err != nil && !errors.Is(err, unix.ENOENT) { // somebody may have flushed it
				p.err = fmt.Errorf("remove rule trace: %w", err)
			}
		}
		p.err = errors.Join(p.err, p.conn.CloseLasting())
	})
	return p.err
}
