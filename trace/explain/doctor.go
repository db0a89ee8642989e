package explain

import "tracer/trace/doctor"

// prescription says of a feature what it costs to lack it, and what mends that: a
// command, or where there is none, what would be needed.
type prescription struct{ cost, command, otherwise string }

var englishPrescriptions = map[doctor.Feature]prescription{
	doctor.UserNamespaces:  {cost: "plain users cannot run scenarios"},
	doctor.Rights:          {cost: "no scenario can be run; replay, explain and export work"},
	doctor.Namespaces:      {cost: "no scenario can be run", command: "sudo sysctl user.max_net_namespaces=10000"},
	doctor.Parameters:      {cost: "labs set each interface's own instead: ip_forward keeps its value, and bridge-nf cannot be turned off"},
	doctor.Veth:            {cost: "no scenario can be run: veth pairs are its cables", command: "sudo modprobe veth"},
	doctor.Bridge:          {cost: "there is no docker0: only scenarios without Docker can be run", command: "sudo modprobe bridge"},
	doctor.NFTables:        {cost: "there are no rules, and nothing is told of them", command: "sudo modprobe nf_tables"},
	doctor.NAT:             {cost: "no port can be published", command: "sudo modprobe nft_chain_nat"},
	doctor.AddrType:        {cost: "Docker's rules cannot be built", command: "sudo modprobe -a nft_compat xt_addrtype"},
	doctor.TCP:             {cost: "Docker's rules cannot be built", command: "sudo modprobe -a nft_compat xt_tcpudp"},
	doctor.ConntrackMatch:  {cost: "Docker's rules cannot be built", command: "sudo modprobe -a nft_compat xt_conntrack"},
	doctor.DNAT:            {cost: "no port can be published", command: "sudo modprobe -a nft_compat xt_nat"},
	doctor.Masquerade:      {cost: "containers cannot reach what is outside", command: "sudo modprobe -a nft_compat xt_MASQUERADE"},
	doctor.PacketSockets:   {cost: "no frame can be captured", command: "sudo modprobe af_packet"},
	doctor.RuleTrace:       {cost: "which rules a packet meets cannot be told", otherwise: "a kernel with CONFIG_NF_TABLES and CONFIG_NETFILTER_NETLINK"},
	doctor.ConntrackEvents: {cost: "which connections are translated cannot be told", command: "sudo modprobe nf_conntrack_netlink"},
	doctor.TraceConntrack:  {cost: "the entry that translated a packet is found by its addresses, and not named by the kernel", otherwise: "Linux 6.16 or later"},
	doctor.BridgeNetfilter: {cost: "the scenario bridge-netfilter cannot be run", command: "sudo modprobe br_netfilter"},
}

// Cost says what it costs to lack a feature.
func (v Voice) Cost(f doctor.Feature) string { return v.p[f].cost }

// Mend returns the command that would give this machine a feature, or else what
// would be needed.
func (v Voice) Mend(f doctor.Feature) (command, otherwise string) {
	p := v.p[f]
	return p.command, p.otherwise
}

// System says what tracer runs on: a machine, and the engine of its container, if it
// is in one.
func (v Voice) System(machine, container string) string {
	if container == "" {
		return machine
	}
	return v.say(inContainer, machine, container)
}

// Fit says whether flask-demo can run.
func (v Voice) Fit(fit bool) string {
	if fit {
		return v.say(fitForLabs)
	}
	return v.say(unfitForLabs)
}

// Terminal says what standard output can show: its size, or that it is none; its
// colours; and its characters.
func (v Voice) Terminal(width, height int, colours string, utf8 bool) (size, colour, characters string) {
	switch {
	case width == 0:
		return v.say(noTerminal), "", ""
	case width < 60 || height < 16:
		size = v.say(terminalSmall, width, height)
	default:
		size = v.say(terminalSize, width, height)
	}
	colour, characters = v.say(terminalColours, colours), v.say(terminalUTF8)
	if colours == "" {
		colour = v.say(terminalPlain)
	}
	if !utf8 {
		characters = v.say(terminalASCII)
	}
	return size, colour, characters
}

// Needs says of a feature that was not tried what it needs.
func (v Voice) Needs(feature string) string { return v.say(needsFeature, feature) }
