package iptables

import (
	"fmt"
	"slices"
	"strings"
)

// extension is a match or target that the engine knows: how to write and read it. Everything
// about one is in one file; [matchKinds] and [targetKinds] list them.
type extension interface {
	title() string
	// in reports whether a family has the match or target.
	in(Family) bool
	about() []Option
	// one reports whether exactly one option must be given.
	one() bool
	// begin returns the part that "-m NAME" or "-j NAME" alone yields.
	begin(Family) any
	// option returns a with an option applied.
	option(part any, a *argument) (any, error)
	// decode returns the part for an xtables match or target in the kernel.
	decode(x xtension, of Protocol) (any, bool)
}

// Option describes an option of a match or target.
type Option struct {
	Names  []string // "--sport", "--source-port"
	Values string   // what follows it: "PORT[:PORT]"; empty: nothing
	Not    bool     // "!" may precede it
}

// kind implements [extension] for parts of type T, a [Match] or a [Target].
type kind[T part] struct {
	name      string
	only      *Family // the only family that has it; nil: both
	start     T
	startIPv6 *T // nil: the same
	options   []option[T]
	single    bool // exactly one option must be given, once
	// read decodes the xtables form; nil: it has none. It may take fields at face value:
	// the part counts as understood only if it is valid and writes the same bytes.
	read func(revision uint32, info structure) (T, bool)
	size int // of the structure, without padding
	// inIPv6 is the form in IPv6's rules; nil: the same.
	inIPv6 *layout[T]
	// normal turns an equivalent form of the structure, such as an older revision, into the
	// one that is written; nil: there is no other.
	normal func(revision uint32, info structure) (uint32, structure)
	// older reports whether other forms than the one that is written are understood, too,
	// so that read checks every bit.
	older bool
}

// layout is how the kernel has a part.
type layout[T part] struct {
	read func(revision uint32, info structure) (T, bool)
	size int
}

// option is an [Option] and its effect.
type option[T any] struct {
	names  string // separated by spaces
	values string
	not    bool
	set    func(*T, *argument) error
}

// argument is an option as given.
type argument struct {
	family Family
	option string
	values []string
	not    bool
}

func (a *argument) value() string { return a.values[0] }

func (a *argument) errorf(format string, args ...any) error {
	return fmt.Errorf("%s %q %s", a.option, strings.Join(a.values, " "), fmt.Sprintf(format, args...))
}

func (k *kind[T]) title() string { return k.name }

func (k *kind[T]) in(f Family) bool { return k.only == nil || *k.only == f }

func (k *kind[T]) about() (list []Option) {
	for _, o := range k.options {
		list = append(list, Option{strings.Fields(o.names), o.values, o.not})
	}
	return list
}

func (k *kind[T]) one() bool { return k.single }

func (k *kind[T]) begin(f Family) any {
	if f == IPv6 && k.startIPv6 != nil {
		return *k.startIPv6
	}
	return k.start
}

func (k *kind[T]) option(part any, a *argument) (any, error) {
	p := part.(T)
	for _, o := range k.options {
		for _, name := range strings.Fields(o.names) {
			if name == a.option {
				err := o.set(&p, a)
				return p, err
			}
		}
	}
	return p, nil
}

// decode accepts nothing that the engine would write differently: every bit of the
// structure is accounted for, except padding.
func (k *kind[T]) decode(x xtension, of Protocol) (any, bool) {
	in := layout[T]{k.read, k.size}
	if x.family == IPv6 && k.inIPv6 != nil {
		in = *k.inIPv6
	}
	if in.read == nil || len(x.info) < in.size {
		return nil, false
	}
	if k.normal != nil {
		x.revision, x.info = k.normal(x.revision, slices.Clone(x.info))
	}
	p, ok := in.read(x.revision, x.info)
	if !ok || len(p.problems(place{family: x.family, protocol: of})) > 0 {
		return nil, false
	}
	if k.older {
		return p, true
	}
	c := code{family: x.family}
	p.encode(&c)
	if len(c.list) != 1 {
		return nil, false
	}
	w, ok := c.list[0].(xtension)
	return p, ok && w.revision == x.revision && len(w.info) <= len(x.info) && string(w.info) == string(x.info[:len(w.info)])
}
