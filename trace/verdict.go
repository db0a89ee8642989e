package trace

import (
	"errors"
	"fmt"
	"strings"
)

// Verdict is what a rule or a chain decided about a packet.
type Verdict struct {
	Kind  VerdictKind
	Chain string // where evaluation continues, after a jump or goto
}

// VerdictKind is the kind of a verdict.
type VerdictKind uint8

// The kinds of verdict (enum nft_verdicts, and NF_* in include/uapi/linux/netfilter.h).
const (
	VerdictAccept VerdictKind = iota + 1
	VerdictDrop
	VerdictStolen
	VerdictQueue
	VerdictRepeat
	VerdictContinue
	VerdictBreak
	VerdictJump
	VerdictGoto
	VerdictReturn
	VerdictOther // a number that the kernel does not document
)

var verdictNames = [...]string{
	VerdictAccept: "accept", VerdictDrop: "drop", VerdictStolen: "stolen", VerdictQueue: "queue", VerdictRepeat: "repeat",
	VerdictContinue: "continue", VerdictBreak: "break", VerdictJump: "jump", VerdictGoto: "goto", VerdictReturn: "return",
	VerdictOther: "other",
}

// String returns the verdict as nft prints it: "accept", "jump DOCKER".
func (v Verdict) String() string {
	name := nameOf(verdictNames[:], v.Kind, "verdict")
	if v.Branches() {
		return name + " " + v.Chain
	}
	return name
}

// Branches reports whether evaluation continues in another chain.
func (v Verdict) Branches() bool { return v.Kind == VerdictJump || v.Kind == VerdictGoto }

// MarshalText returns the same as [Verdict.String].
func (v Verdict) MarshalText() ([]byte, error) {
	if _, err := marshalName(verdictNames[:], v.Kind); err != nil {
		return nil, err
	}
	return []byte(v.String()), nil
}

// UnmarshalText is the inverse of MarshalText.
func (v *Verdict) UnmarshalText(text []byte) error {
	name, chain, branches := strings.Cut(string(text), " ")
	if err := unmarshalName(verdictNames[:], &v.Kind, []byte(name)); err != nil {
		return err
	}
	if v.Kind == 0 {
		return errors.New("a verdict has no name")
	}
	if v.Chain = chain; branches != v.Branches() {
		return fmt.Errorf("verdict %q: only a jump or goto has a chain", text)
	}
	return nil
}
