package trace

import (
	"errors"
	"fmt"
	"net/netip"
)

func (t *Trace) checkJourneys() error {
	ids := make(map[int]bool, len(t.Journeys))
	for i := range t.Journeys {
		j := &t.Journeys[i]
		path, err := j.check(t)
		if j.ID == 0 || ids[j.ID] {
			path, err = "", errors.New("has no number, or that of another")
		}
		if err != nil {
			return &Unsound{fmt.Sprintf("journeys[%d]%s", i, path), i, err}
		}
		ids[j.ID] = true
	}
	return nil
}

// check returns what is wrong with a journey, and where.
func (j *Journey) check(t *Trace) (path string, err error) {
	if !known(j.Direction, Reply) {
		return ".direction", errKind
	}
	for i := range j.Hops {
		h := &j.Hops[i]
		err := checkPassage(h.Hooks, h.Steps, h.Changes)
		switch a := h.Conntrack; {
		case t.Frame(h.Frame) == nil:
			err = fmt.Errorf("there is no frame %d", h.Frame)
		case !known(h.Evidence, EvidenceTrace), h.Identity > IdentityHeaders, h.Direction > Out, a != nil && (!known(a.Direction, Reply) || a.State > StateUntracked):
			err = errKind
		}
		if err != nil {
			return fmt.Sprintf(".hops[%d]", i), err
		}
	}
	return ".outcome", j.Outcome.check()
}

// check checks that an outcome has the values that its reason requires.
func (o *Outcome) check() error {
	if !known(o.Kind, OutcomeLeft) || o.Reason > reasonLast || o.Hook > Postrouting {
		return errKind
	}
	if o.Destination.Zone() != "" {
		return errValue
	}
	if o.Kind == OutcomeDropped {
		switch o.Reason {
		case ReasonRule, ReasonPolicy:
			if o.Hook == 0 {
				return errors.New("is at no hook")
			}
		case ReasonNoRoute, ReasonMartian:
			if !o.Destination.IsValid() {
				return errValue
			}
		case ReasonNotForwarding, ReasonTooBig:
		default:
			return errors.New("is dropped for no reason")
		}
	}
	return checkPassage(o.Hooks, o.Steps, o.Changes)
}

// checkPassage checks what happened to a packet since the previous hop.
func checkPassage(hooks []Hook, steps []Step, changes []Change) error {
	for i, h := range hooks {
		if !known(h, Postrouting) {
			return fmt.Errorf("hooks[%d] %w", i, errKind)
		}
	}
	for i := range steps {
		s := &steps[i]
		if !known(s.Hook, Postrouting) || !known(s.Verdict.Kind, VerdictOther) || s.Verdict.Branches() != (s.Verdict.Chain != "") {
			return fmt.Errorf("steps[%d] %w", i, errKind)
		}
	}
	for i := range changes {
		if err := changes[i].check(); err != nil {
			return fmt.Errorf("changes[%d] %w", i, err)
		}
	}
	return nil
}

// check checks that a change's values suit its field, and that its cause is complete.
func (c *Change) check() error {
	cause := &c.Cause
	switch {
	case !known(c.Field, FieldMark), c.Hook > Postrouting, !known(cause.Kind, CauseInferred), cause.Translation > Netmap,
		cause.Kind == CauseRule && cause.Translation == 0,
		cause.Kind == CauseConntrack && cause.Translation == 0 && cause.Origin.Rule.Handle != 0:
		return errKind
	case !c.Field.holds(c.From), !c.Field.holds(c.To):
		return errors.New("has a value of another field")
	case cause.Kind == CauseRouting && !cause.Route.Destination.IsValid(), cause.Neighbour.Zone() != "",
		cause.Kind == CauseNeighbour && c.Field == FieldDestinationMAC && !cause.Neighbour.IsValid():
		return errValue
	}
	return nil
}

// holds reports whether v can be a value of the field.
func (f Field) holds(v Value) bool {
	switch v := v.(type) {
	case Endpoint:
		return (f == FieldSource || f == FieldDestination) && plain(netip.AddrPort(v).Addr())
	case TTL:
		return f == FieldTTL
	case ICMPID:
		return f == FieldICMPID
	case Number:
		return f == FieldID || f == FieldDF || f == FieldWindow || f == FieldMSS
	case Bits:
		return f == FieldTOS || f == FieldMark
	case MAC:
		return f == FieldSourceMAC || f == FieldDestinationMAC
	}
	return false
}
