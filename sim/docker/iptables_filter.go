package docker

import "tracer/sim/iptables"

// filterNetwork writes the rules for forwarding to and from a network that is not internal.
func (w *writer) filterNetwork(n planned) {
	if w.mark != nil {
		w.insert(dockerForward, iptables.Rule{
			Matches: []iptables.Match{iptables.Mark{Value: w.mark.Value, Mask: w.mark.Mask}}, Target: iptables.Accept,
		})
	}
	if w.has(forwardChains) {
		w.appendNetwork(n)
	} else {
		w.insertNetwork(n)
	}
	if w.has(stages) {
		w.separate(n)
	}
}

// insertNetwork writes the rules into FORWARD, each before those that are there.
func (w *writer) insertNetwork(n planned) {
	w.among(n)
	w.insert(filterForward, iptables.Rule{In: is(n.Bridge), Out: not(n.Bridge), Target: iptables.Accept})
	w.insert(filterForward, toBridge(n))
	w.insert(filterForward, replies(n))
}

// appendNetwork writes the rules into Docker's own chains, each behind those that are there.
func (w *writer) appendNetwork(n planned) {
	if n.NoICC {
		w.among(n)
	}
	if n.mode == Routed {
		w.add(filterDocker, iptables.Rule{Out: is(n.Bridge), Protocol: iptables.Protocol{Number: icmp(w.plan.family)}, Target: iptables.Accept})
	}
	out := iptables.Rule{In: is(n.Bridge), Target: iptables.Accept}
	if n.NoICC {
		out.Out = not(n.Bridge)
	}
	w.add(dockerForward, out)
	unpublished := iptables.Rule{In: not(n.Bridge), Out: is(n.Bridge), Target: iptables.Drop}
	if n.mode == NATUnprotected {
		unpublished.Target = iptables.Accept
	}
	w.add(filterDocker, unpublished)
	w.add(dockerCT, replies(n))
	w.add(dockerBridge, toBridge(n))
}

// icmp returns the number of a family's ICMP.
func icmp(f iptables.Family) iptables.ProtocolNumber {
	if f == iptables.IPv6 {
		return iptables.ICMPv6
	}
	return iptables.ICMP
}

// among writes whether containers of a network may talk to each other.
func (w *writer) among(n planned) {
	r := iptables.Rule{In: is(n.Bridge), Out: is(n.Bridge), Target: iptables.Accept}
	if n.NoICC {
		r.Target = iptables.Drop
	}
	switch {
	case w.has(forwardChains):
		w.add(dockerForward, r)
	case n.NoICC:
		w.add(filterForward, r)
	default:
		w.insert(filterForward, r)
	}
}

// separate keeps a network apart from the others.
func (w *writer) separate(n planned) {
	if n.mode == Routed {
		w.insert(stage1, iptables.Rule{Out: is(n.Bridge), Target: iptables.Return})
		back := replies(n)
		back.In, back.Out = back.Out, back.In
		w.insert(stage1, back)
	}
	other := iptables.Rule{In: is(n.Bridge), Out: not(n.Bridge), Target: stage2.jump().Target}
	if w.has(forwardChains) {
		w.add(stage1, other)
	} else {
		w.insert(stage1, other)
	}
	w.insert(stage2, iptables.Rule{Out: is(n.Bridge), Target: iptables.Drop})
}

// replies accepts packets of established and related connections to a network.
func replies(n planned) iptables.Rule {
	state := iptables.ConnState{States: iptables.Related | iptables.Established}
	return iptables.Rule{Out: is(n.Bridge), Matches: []iptables.Match{state}, Target: iptables.Accept}
}

func toBridge(n planned) iptables.Rule {
	return iptables.Rule{Out: is(n.Bridge), Target: filterDocker.jump().Target}
}
