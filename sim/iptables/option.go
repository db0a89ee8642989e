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
	about() []Option
	// one reports whether exactly one option must be given.
	one() bool
	// begin returns the part that "-m NAME" or "-j NAME" alone yields.
	begin() any
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
	name    string
	start   T
	options []option[T]
	single  bool // exactly one option must be given, once
	// read decodes the xtables form; nil: it has none. It may take fields at face value:
	// the part counts as understood only if it is valid and writes the same bytes.
	read func(revision uint32, info structure) (T, bool)
	size int // of the structure, without padding
	// normal turns an equivalent form of the structure, such as an older revision, into the
	// one that is written; nil: there is no other.
	normal func(revision uint32, info structure) (uint32, structure)
	// older reports whether other forms than the one that is written are understood, too,
	// so that read checks every bit.
	older bool
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
	option string
	values []string
	not    bool
}

func (a *argument) value() string { return a.values[0] }

func (a *argument) errorf(format string, args ...any) error {
	return fmt.Errorf("%s %q %s", a.option, strings.Join(a.values, " "), fmt.Sprintf(format, args...))
}

func (k *kind[T]) title() string { return k.name }

func (k *kind[T]) about() (list []Option) {
	for _, o := range k.options {
		list = append(list, Option{strings.Fields(o.names), o.values, o.not})
	}
	return list
}

func (k *kind[T]) one() bool { return k.single }

func (k *kind[T]) begin() any { return k.start }

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
	if k.read == nil || len(x.info) < k.size {
		return nil, false
	}
	if k.normal != nil {
		x.revision, x.info = k.normal(x.revision, slices.Clone(x.info))
	}
	p, ok := k.read(x.revision, x.info)
	if !ok || len(p.problems(place{protocol: of})) > 0 {
		return nil, false
	}
	if k.older {
		return p, true
	}
	var c code
	p.encode(&c)
	if len(c.list) != 1 {
		return nil, false
	}
	w, ok := c.list[0].(xtension)
	return p, ok && w.revision == x.revision && len(w.info) <= len(x.info) && string(w.info) == string(x.info[:len(w.info)])
}
