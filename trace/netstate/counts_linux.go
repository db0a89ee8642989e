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
			c[k] += n
		}
	}
	snmp(procNet("snmp"), add)
	snmp(procNet("netstat"), add)
	lines(procNet("snmp6"), add)
	perCPU(procNet("stat/nf_conntrack"), "conntrack ", add)
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

// lines reads /proc/net/snmp6: a name and a value in each line.
func lines(text string, add func(name string, n uint64)) {
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) != 2 {
			continue
		}
		if n, err := strconv.ParseUint(words[1], 10, 64); err == nil {
			add(words[0], n)
		}
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
