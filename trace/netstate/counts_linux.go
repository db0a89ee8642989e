package netstate

import (
	"strconv"
	"strings"

	"tracer/trace"
)

// ReadCounts reads the counters of IP packets of the calling thread's namespace. It reads
// four files of /proc/net. A counter that the kernel does not have stays 0.
func ReadCounts() trace.Counts {
	var c trace.Counts
	places := map[string]trace.Counter{}
	for k := trace.Counter(0); k <= trace.CounterLast; k++ {
		places[k.String()] = k
	}
	add := func(name string, n uint64) {
		if k, known := places[name]; known {
			c.Counters[k] += n
		}
	}
	snmp(procNet("snmp"), add)
	snmp(procNet("netstat"), add)
	perCPU(procNet("stat/nf_conntrack"), "conntrack ", add)
	c.Interfaces = interfaceDrops(procNet("dev"))
	return c
}

// snmp reads /proc/net/snmp and /proc/net/netstat: a line of names and a line of values for
// each group of counters.
//
//	Ip: Forwarding DefaultTTL InReceives …
//	Ip: 1 64 3 …
func snmp(text string, add func(name string, n uint64)) {
	var group string
	var names []string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] != group || len(words) != len(names) {
			group, names = words[0], words
			continue
		}
		for i, word := range words[1:] {
			if n, err := strconv.ParseUint(word, 10, 64); err == nil {
				add(strings.TrimSuffix(group, ":")+names[i+1], n)
			}
		}
		group = ""
	}
}

// perCPU reads a file of /proc/net/stat: a line of names, and a line of hexadecimal values
// for each processor.
func perCPU(text, prefix string, add func(name string, n uint64)) {
	var names []string
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if names == nil {
			names = words
			continue
		}
		for i, word := range words[:min(len(words), len(names))] {
			if n, err := strconv.ParseUint(word, 16, 64); err == nil {
				add(prefix+names[i], n)
			}
		}
	}
}

// interfaceDrops reads /proc/net/dev. After the name, the fourth number counts incoming
// frames that were dropped, the twelfth outgoing ones (dev_seq_printf_stats in
// net/core/net-procfs.c).
func interfaceDrops(text string) (list []trace.InterfaceDrops) {
	for line := range strings.Lines(text) {
		end := strings.LastIndexByte(line, ':')
		if end < 0 {
			continue
		}
		words := strings.Fields(line[end+1:])
		if len(words) < 12 {
			continue
		}
		in, err := strconv.ParseUint(words[3], 10, 64)
		out, broken := strconv.ParseUint(words[11], 10, 64)
		if err == nil && broken == nil {
			list = append(list, trace.InterfaceDrops{Name: strings.TrimLeft(line[:end], " "), In: in, Out: out})
		}
	}
	return list
}
