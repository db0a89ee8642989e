package stitch_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tracer/sim/labtest"
	"tracer/sim/netns"
	"tracer/trace/stitch"
)

// natLab is a host as Docker sets it up, with tcpdump, promiscuous, at every interface.
//
//	                     host
//	lan ───────── ens160      br0 ─┬─ veth1 ───── c1 eth0   172.17.0.2
//	192.168.52.202  .203  172.17.0.1└─ veth2 ───── c2 eth0   172.17.0.3
type natLab struct {
	t     *testing.T
	nodes map[string]*netns.Namespace
	dumps []*dump
	dir   string

	mu       sync.Mutex
	received map[string]bool // the tags of datagrams that a program received
	sent     []string
}

func newNatLab(t *testing.T) *natLab {
	l := &natLab{t: t, nodes: map[string]*netns.Namespace{}, dir: t.TempDir(), received: map[string]bool{}}
	for _, n := range []string{"lan", "host", "c1", "c2"} {
		l.nodes[n] = labtest.Loopback(t)
		l.run(n, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
	}
	l.run("host", "ip", "link", "add", "br0", "type", "bridge")
	l.run("host", "ip", "addr", "add", "172.17.0.1/16", "dev", "br0")
	l.run("host", "ip", "link", "set", "br0", "up")
	l.cable("ens160", "lan", "192.168.52.202/24")
	l.run("host", "ip", "addr", "add", "192.168.52.203/24", "dev", "ens160")
	l.run("lan", "ip", "route", "add", "default", "via", "192.168.52.203")
	for i := range 2 {
		veth, c := fmt.Sprintf("veth%d", i+1), fmt.Sprintf("c%d", i+1)
		l.cable(veth, c, fmt.Sprintf("172.17.0.%d/16", i+2))
		l.run("host", "ip", "link", "set", veth, "master", "br0")
		l.run("host", "ip", "link", "set", veth, "type", "bridge_slave", "hairpin", "on")
		l.run(c, "ip", "route", "add", "default", "via", "172.17.0.1")
	}
	l.run("host", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.br0.route_localnet=1")
	return l
}

// cable connects an interface of the host to the eth0 of a node.
func (l *natLab) cable(name, node, address string) {
	l.run("host", "ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), l.nodes[node].Fd()))
	l.run("host", "ip", "link", "set", name, "up")
	l.run(node, "ip", "addr", "add", address, "dev", "eth0")
	l.run(node, "ip", "link", "set", "eth0", "up")
}

func (l *natLab) run(node string, args ...string) string {
	l.t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	labtest.Do(l.t, l.nodes[node], cmd.Start)
	if err := cmd.Wait(); err != nil {
		l.t.Fatalf("%s: %v: %v: %s", node, args, err, &out)
	}
	return out.String()
}

// capture starts tcpdump at every interface.
func (l *natLab) capture(tcpdump string) {
	for _, at := range [][2]string{{"lan", "eth0"}, {"host", "ens160"}, {"host", "br0"}, {"host", "veth1"}, {"host", "veth2"}, {"c1", "eth0"}, {"c2", "eth0"}} {
		d := &dump{node: at[0], iface: at[1], path: filepath.Join(l.dir, at[0]+"-"+at[1]+".pcap")}
		d.cmd = exec.Command(tcpdump, "-i", d.iface, "-U", "--immediate-mode", "-s", "2000", "-B", "8192", "-Z", "root", "-w", d.path)
		said, err := d.cmd.StderrPipe()
		if err != nil {
			l.t.Fatal(err)
		}
		labtest.Do(l.t, l.nodes[d.node], d.cmd.Start)
		line, err := bufio.NewReader(said).ReadString('\n')
		if err != nil || !strings.Contains(line, "listening on") {
			l.t.Fatalf("tcpdump: %s, %v", line, err)
		}
		go func() { _, _ = io.Copy(io.Discard, said) }()
		l.dumps = append(l.dumps, d)
	}
}

const marker = "the last of all"

// stop ends the captures, once each has the marker.
func (l *natLab) stop() (sources []stitch.Source) {
	l.send("lan", "192.168.52.203:7", marker)
	l.send("host", "172.17.0.2:7", marker)
	l.send("host", "172.17.0.3:7", marker)
	for _, d := range l.dumps {
		written := func() bool {
			b, err := os.ReadFile(d.path)
			return err == nil && bytes.Contains(b, []byte(marker))
		}
		for deadline := time.Now().Add(5 * time.Second); !written(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				l.t.Fatalf("%s/%s has no marker", d.node, d.iface)
			}
		}
		if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
			l.t.Fatal(err)
		}
		if err := d.cmd.Wait(); err != nil {
			l.t.Fatal(err)
		}
		sources = append(sources, namedFile(l.t, d.node+"/"+d.iface, d.path))
	}
	return sources
}

func (l *natLab) send(node, to, text string) {
	l.t.Helper()
	labtest.Do(l.t, l.nodes[node], func() error {
		c, err := net.Dial("udp4", to)
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.Write([]byte(text))
		return err
	})
}

// serve receives datagrams, and answers them if their tag begins with "a".
func (l *natLab) serve(node, at string) {
	var c net.PacketConn
	labtest.Do(l.t, l.nodes[node], func() (err error) {
		c, err = net.ListenPacket("udp4", at)
		return err
	})
	l.t.Cleanup(func() { _ = c.Close() })
	go func() {
		b := make([]byte, 1<<13)
		for answers := 1; ; answers++ { // copies are answered, too
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			tag := l.receive(b[:n])
			if tag[0] == 'a' {
				_, _ = c.WriteTo(fmt.Appendf(nil, "r%0*d", tagLength-1, answers), from)
			}
		}
	}()
}

func (l *natLab) receive(b []byte) (tag string) {
	tag = string(b[:min(tagLength, len(b))])
	l.mu.Lock()
	defer l.mu.Unlock()
	l.received[tag] = true
	return tag
}

// tagLength is the length of the unique tag at the beginning of each datagram.
const tagLength = 12

// doomed is the length of datagrams that the lab drops.
const doomed = 333

// ask sends datagrams over one socket, some of which are dropped. Each has the kind that
// is next in kinds: "a" is answered, "q" is not.
func (l *natLab) ask(random *rand.Rand, node, to, kinds string, count int) {
	var c net.Conn
	labtest.Do(l.t, l.nodes[node], func() (err error) {
		c, err = net.Dial("udp4", to)
		return err
	})
	l.t.Cleanup(func() { _ = c.Close() })
	answered := make(chan bool, count)
	go func() {
		b := make([]byte, 1<<13)
		for {
			n, err := c.Read(b)
			if err == nil {
				l.receive(b[:n])
				select {
				case answered <- true:
				default: // a copy's
				}
			} else if strings.Contains(err.Error(), "closed") {
				return
			}
		}
	}()
	for i := range count {
		kind := kinds[min(i, len(kinds)-1):][:1]
		length := 40 + random.IntN(200)
		switch random.IntN(8) {
		case 0:
			length = doomed - 28
		case 1:
			length = 1500 + random.IntN(2000) // in fragments
		}
		tag := fmt.Sprintf("%s%0*d", kind, tagLength-len(kind), len(l.sent)+1)
		l.sent = append(l.sent, tag)
		_, _ = c.Write([]byte(strings.Repeat(tag, length/tagLength+1)[:length])) // an ICMP error may have come
		if i == 0 {
			select {
			case <-answered:
			case <-time.After(50 * time.Millisecond): // it was dropped
			}
		}
	}
}

// publish sets the host's rules.
func (l *natLab) publish(random *rand.Rand) (described string) {
	netfilter, masquerade := random.IntN(3) > 0, random.IntN(2) > 0
	drop := [][]string{
		{"host", "mangle", "FORWARD"}, {"host", "mangle", "POSTROUTING"}, {"c1", "raw", "PREROUTING"}, {"host", "raw", "PREROUTING"},
	}[random.IntN(4)]
	l.run("host", "sysctl", "-qw", fmt.Sprintf("net.bridge.bridge-nf-call-iptables=%d", map[bool]int{true: 1}[netfilter]))
	rules := [][]string{
		{"PREROUTING", "-p", "tcp", "-d", "192.168.52.203", "--dport", "80", "-j", "DNAT", "--to-destination", "172.17.0.2:5000"},
		{"OUTPUT", "-p", "tcp", "-m", "addrtype", "--dst-type", "LOCAL", "--dport", "80", "-j", "DNAT", "--to-destination", "172.17.0.2:5000"},
		{"PREROUTING", "-p", "udp", "-d", "192.168.52.203", "--dport", "80", "-j", "DNAT", "--to-destination", "172.17.0.2:5000"},
		{"OUTPUT", "-p", "udp", "-m", "addrtype", "--dst-type", "LOCAL", "--dport", "80", "-j", "DNAT", "--to-destination", "172.17.0.2:5000"},
		{"POSTROUTING", "-o", "br0", "-m", "addrtype", "--src-type", "LOCAL", "-j", "MASQUERADE"},
		{"POSTROUTING", "-s", "172.17.0.2", "-d", "172.17.0.2", "-j", "MASQUERADE"},
	}
	if masquerade {
		rules = append(rules, []string{"POSTROUTING", "-o", "br0", "-j", "MASQUERADE"})
	}
	for _, r := range rules {
		l.run("host", append([]string{"iptables", "-t", "nat", "-A"}, r...)...)
	}
	l.run(drop[0], "iptables", "-t", drop[1], "-A", drop[2], "-p", "udp", "-m", "length", "--length", fmt.Sprint(doomed), "-j", "DROP")
	l.run(drop[0], "iptables", "-t", drop[1], "-A", drop[2], "-p", "tcp", "-m", "length", "--length", "500:2000", "-m", "statistic", "--mode", "nth", "--every", "4", "--packet", "0", "-j", "DROP")
	return fmt.Sprintf("bridge-nf-call-iptables %v, masquerade %v, drop at %v", netfilter, masquerade, drop)
}
