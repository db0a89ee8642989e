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
	if j.Request < 0 || j.Request > len(t.Answers) {
		return ".request", fmt.Errorf("there is no request %d", j.Request)
	}
	for i := range j.Hops {
		h := &j.Hops[i]
		err := checkPassage(h.Hooks, h.Steps, h.Changes)
		for _, n := range h.Frames() {
			if t.Frame(n) == nil {
				err = fmt.Errorf("there is no frame %d", n)
			}
		}
		switch {
		case !known(h.Evidence, EvidenceTrace), h.Identity > IdentityHeaders, h.Direction > Out, !h.Conntrack.known():
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
	switch {
	case !known(o.Kind, OutcomeSegmented), o.Reason > reasonLast, o.Hook > hookLast, !o.Conntrack.known():
		return errKind
	case o.Destination.Zone() != "":
		return errValue
	case (o.Kind == OutcomeSegmented) != (len(o.Segments) > 0):
		return errors.New("has segments but was not segmented, or the reverse")
	case o.RouteType != 0 && !o.RouteType.Drops(), o.Route.Destination.IsValid() && o.Route.Type != o.RouteType:
		return errKind
	case o.Reason == ReasonNoListener && o.Kind != OutcomeDelivered, (o.Reason == ReasonNotTraced || o.Reason == ReasonNotCounted) && o.Kind != OutcomeUnseen:
		return errors.New("has a reason of another kind")
	case o.Kind == OutcomeDropped:
		if err := o.checkDropped(); err != nil {
			return err
		}
	}
	return checkPassage(o.Hooks, o.Steps, o.Changes)
}

func (o *Outcome) checkDropped() error {
	switch o.Reason {
	case ReasonRule, ReasonPolicy, ReasonReject:
		if o.Hook == 0 {
			return errors.New("is at no hook")
		}
		if o.Reason == ReasonReject && o.Answer == (Reject{}) {
			return errors.New("has no answer")
		}
	case ReasonNoRoute, ReasonMartian, ReasonBlackhole, ReasonNoNeighbour, ReasonNotJoined:
		if !o.Destination.IsValid() {
			return errValue
		}
	case ReasonReversePath, ReasonMartianSource, ReasonIngress, ReasonNoCarrier, ReasonOtherHost, ReasonScope, ReasonNoIPv6:
		if o.Interface == "" {
			return errors.New("is on no interface")
		}
	case ReasonNotForwarding, ReasonTooBig, ReasonTTL, ReasonReassembly:
	default:
		return errors.New("is dropped for no reason")
	}
	return nil
}

// known reports whether the values of an association, which may be nil, are known ones.
func (a *Association) known() bool {
	return a == nil || known(a.Direction, Reply) && a.State <= StateUntracked
}

// checkPassage checks what happened to a packet since the previous hop.
func checkPassage(hooks []Hook, steps []Step, changes []Change) error {
	for i, h := range hooks {
		if !known(h, hookLast) {
			return fmt.Errorf("hooks[%d] %w", i, errKind)
		}
	}
	for i := range steps {
		s := &steps[i]
		if !known(s.Hook, hookLast) || !known(s.Verdict.Kind, VerdictOther) || s.Fragments < 0 || s.Verdict.Branches() != (s.Verdict.Chain != "") {
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
	case !known(c.Field, fieldLast), c.Hook > hookLast, !known(cause.Kind, CauseInferred), cause.Translation > Netmap,
		cause.Kind == CauseRule && (cause.Translation != 0) != c.Field.Translated(),
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
		return f == FieldTOS || f == FieldMark || f == FieldFlowLabel
	case MAC:
		return f == FieldSourceMAC || f == FieldDestinationMAC
	}
	return false
}
