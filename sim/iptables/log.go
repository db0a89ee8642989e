package iptables

import (
	"strconv"
	"strings"
)

// Log is "-j LOG": it writes packets to the kernel's log, then the next rule is evaluated.
type Log struct {
	noEffect
	Level  uint8 // of syslog
	Flags  LogFlags
	Prefix string
}

// LogFlags selects what else is logged: the bits XT_LOG_* (linux/netfilter/xt_LOG.h).
type LogFlags uint8

// The flags.
const (
	LogTCPSequence LogFlags = 0x01
	LogTCPOptions  LogFlags = 0x02
	LogIPOptions   LogFlags = 0x04
	LogUID         LogFlags = 0x08
	LogMAC         LogFlags = 0x20

	allLogFlags = LogTCPSequence | LogTCPOptions | LogIPOptions | LogUID | LogMAC
)

const (
	logWarning = 4  // LOG_WARNING, the default
	logPrefix  = 30 // size of the field, NUL included
)

var logKind = &kind[Log]{
	name: "LOG", start: Log{Level: logWarning},
	options: []option[Log]{
		{"--log-prefix", "TEXT", false, func(l *Log, a *argument) error {
			l.Prefix = a.value()
			return nil
		}},
		{"--log-level", "LEVEL", false, (*Log).level},
		{"--log-tcp-sequence", "", false, logFlag(LogTCPSequence)},
		{"--log-tcp-options", "", false, logFlag(LogTCPOptions)},
		{"--log-ip-options", "", false, logFlag(LogIPOptions)},
		{"--log-uid", "", false, logFlag(LogUID)},
		{"--log-macdecode", "", false, logFlag(LogMAC)},
	},
	read: func(revision uint32, s structure) (Log, bool) {
		return Log{Level: s.uint8(0), Flags: LogFlags(s.uint8(1)), Prefix: s.text(2, logPrefix)}, revision == 0
	},
	size: 2 + logPrefix,
}

func logFlag(f LogFlags) func(*Log, *argument) error {
	return func(l *Log, _ *argument) error {
		l.Flags |= f
		return nil
	}
}

// level reads a number or a name from syslog.h.
func (l *Log) level(a *argument) error {
	for i, names := range [...]string{"emerg panic", "alert", "crit", "err error", "warning warn", "notice", "info", "debug"} {
		for _, name := range strings.Fields(names) {
			if strings.EqualFold(a.value(), name) {
				l.Level = uint8(i)
				return nil
			}
		}
	}
	n, err := strconv.ParseUint(a.value(), 10, 8)
	if err != nil || n > 7 {
		return a.errorf("is not a level from 0 to 7, or emerg, alert, crit, err, warning, notice, info or debug")
	}
	l.Level = uint8(n)
	return nil
}

// String returns `LOG --log-prefix "in: " --log-level 7`.
func (l Log) String() string {
	t := text{words: []string{"LOG"}}
	t.addIf(l.Prefix != "", "--log-prefix", quoteWord(l.Prefix))
	t.addIf(l.Level != logWarning, "--log-level", strconv.Itoa(int(l.Level)))
	t.addIf(l.Flags&LogTCPSequence != 0, "--log-tcp-sequence")
	t.addIf(l.Flags&LogTCPOptions != 0, "--log-tcp-options")
	t.addIf(l.Flags&LogIPOptions != 0, "--log-ip-options")
	t.addIf(l.Flags&LogUID != 0, "--log-uid")
	t.addIf(l.Flags&LogMAC != 0, "--log-macdecode")
	return t.String()
}

func (l Log) listed() string {
	t := text{words: []string{"LOG flags", strconv.Itoa(int(l.Flags)), "level", strconv.Itoa(int(l.Level))}}
	t.addIf(l.Prefix != "", "prefix", `"`+l.Prefix+`"`)
	return t.String()
}

func (l Log) problems(place) (out []string) {
	if l.Level > 7 || l.Flags&^allLogFlags != 0 {
		out = append(out, "LOG has an unknown level or flag")
	}
	if len(l.Prefix) >= logPrefix {
		out = append(out, "LOG prefix is longer than 29 bytes")
	}
	if !showable(l.Prefix) {
		out = append(out, "LOG prefix has a control character")
	}
	return out
}

func (l Log) encode(c *code) {
	s := make(structure, 2+logPrefix) // struct xt_log_info
	s.put8(0, l.Level)
	s.put8(1, uint8(l.Flags))
	copy(s[2:], l.Prefix)
	c.target("LOG", 0, s)
}
