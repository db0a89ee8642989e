package explain

import "tracer/trace/doctor"

// remedy is the cost of a missing feature, and the command that enables it. If there is no
// such command, otherwise says what is needed.
type remedy struct {
	cost      Message
	command   string
	otherwise Message // only if there is no command
}

var remedies = map[doctor.Feature]remedy{
	doctor.UserNamespaces:  {cost: costPlainUsers},
	doctor.Rights:          {cost: costAll},
	doctor.Namespaces:      {cost: costNamespaces, command: "sudo sysctl user.max_net_namespaces=10000"},
	doctor.Parameters:      {cost: costParameters},
	doctor.Veth:            {cost: costVeth, command: "sudo modprobe veth"},
	doctor.Bridge:          {cost: costBridge, command: "sudo modprobe bridge"},
	doctor.NFTables:        {cost: costRules, command: "sudo modprobe nf_tables"},
	doctor.NAT:             {cost: costPublish, command: "sudo modprobe nft_chain_nat"},
	doctor.AddrType:        {cost: costDocker, command: "sudo modprobe -a nft_compat xt_addrtype"},
	doctor.TCP:             {cost: costDocker, command: "sudo modprobe -a nft_compat xt_tcpudp"},
	doctor.ConntrackMatch:  {cost: costDocker, command: "sudo modprobe -a nft_compat xt_conntrack"},
	doctor.DNAT:            {cost: costPublish, command: "sudo modprobe -a nft_compat xt_nat"},
	doctor.Masquerade:      {cost: costMasquerade, command: "sudo modprobe -a nft_compat xt_MASQUERADE"},
	doctor.PacketSockets:   {cost: costCapture, command: "sudo modprobe af_packet"},
	doctor.RuleTrace:       {cost: costRuleTrace, otherwise: needsNFTables},
	doctor.ConntrackEvents: {cost: costEvents, command: "sudo modprobe nf_conntrack_netlink"},
	doctor.TraceConntrack:  {cost: costTraceEntry, otherwise: needsLinux616},
	doctor.BridgeNetfilter: {cost: costBridgeNetfilter, command: "sudo modprobe br_netfilter"},
}

// Cost says what does not work without a feature.
func (l Language) Cost(f doctor.Feature) string { return l.Format(remedies[f].cost) }

// Mend returns the command that enables a feature on this machine, or else what is needed.
// Both are empty if nothing helps.
func (l Language) Mend(f doctor.Feature) (command, otherwise string) {
	return remedies[f].command, l.Format(remedies[f].otherwise)
}

// System names the machine that tracer runs on, and the container engine if it runs in a
// container.
func (l Language) System(machine, container string) string {
	if container == "" {
		return machine
	}
	return l.Format(inContainer, machine, container)
}

// Fit says whether flask-demo can run.
func (l Language) Fit(fit bool) string {
	if fit {
		return l.Format(fitForLabs)
	}
	return l.Format(unfitForLabs)
}

// Terminal describes standard output: its size, or that it is not a terminal; its colors;
// and its characters.
func (l Language) Terminal(width, height int, colours string, utf8 bool) (size, colour, characters string) {
	switch {
	case width == 0:
		return l.Format(noTerminal), "", ""
	case width < 60 || height < 16:
		size = l.Format(terminalSmall, width, height)
	default:
		size = l.Format(terminalSize, width, height)
	}
	colour, characters = colours, l.Format(terminalUTF8)
	if colours == "" {
		colour = l.Format(terminalPlain)
	}
	if !utf8 {
		characters = l.Format(terminalASCII)
	}
	return size, colour, characters
}
