package netstate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"

	"tracer/trace"
)

// maxPolicy is the maximum number of rules of the routing policy.
const maxPolicy = 10_000

// policy reads the rules of the routing policy, IPv4's first.
func (r *reader) policy(s *trace.Node) error {
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		if err := r.policyOf(family, s); err != nil {
			return fail("list routing rules", err)
		}
	}
	return nil
}

// policyOf reads the rules of a family. The netlink library's list does not include what a
// rule does.
func (r *reader) policyOf(family uint8, s *trace.Node) error {
	var list []trace.RoutingRule
	err := retryInterrupted(func() error {
		list = nil
		req := nl.NewNetlinkRequest(unix.RTM_GETRULE, unix.NLM_F_DUMP)
		req.AddData(&nl.RtMsg{RtMsg: unix.RtMsg{Family: family}})
		var broken error
		err := req.ExecuteIter(unix.NETLINK_ROUTE, unix.RTM_NEWRULE, func(m []byte) bool {
			one, err := policyRule(m)
			if err != nil {
				broken = err
				return false
			}
			list = append(list, one)
			return len(list) <= maxPolicy
		})
		if broken != nil {
			return broken
		}
		return err
	})
	switch {
	case family == unix.AF_INET6 && (errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EAFNOSUPPORT)):
		return nil // the kernel has no IPv6
	case err != nil:
		return err
	case len(list) > maxPolicy:
		return fmt.Errorf("there are more than %d", maxPolicy)
	}
	s.Policy = append(s.Policy, list...)
	return nil
}

// policyActions maps the kernel's actions (FR_ACT_…) to the model's.
var policyActions = map[uint8]trace.PolicyAction{
	nl.FR_ACT_TO_TBL: trace.PolicyLookup, nl.FR_ACT_GOTO: trace.PolicyGoto, nl.FR_ACT_NOP: trace.PolicyNop,
	nl.FR_ACT_BLACKHOLE: trace.PolicyBlackhole, nl.FR_ACT_UNREACHABLE: trace.PolicyUnreachable, nl.FR_ACT_PROHIBIT: trace.PolicyProhibit,
}

// policyRule decodes RTM_NEWRULE: struct fib_rule_hdr, which looks like struct rtmsg, and
// attributes.
func policyRule(m []byte) (rule trace.RoutingRule, err error) {
	if len(m) < unix.SizeofRtMsg {
		return rule, fmt.Errorf("a routing rule of %d bytes", len(m))
	}
	header := nl.DeserializeRtMsg(m)
	attrs, err := nl.ParseRouteAttr(m[unix.SizeofRtMsg:])
	if err != nil {
		return rule, err
	}
	const invert = 2 // FIB_RULE_INVERT
	action, known := policyActions[header.Type]
	rule = trace.RoutingRule{IPv6: header.Family == unix.AF_INET6, Not: header.Flags&invert != 0, Action: action, TOS: header.Tos, Table: uint32(header.Table), Unknown: !known}
	for _, a := range attrs {
		if !ruleAttribute(&rule, header, a) {
			rule.Unknown = true
		}
	}
	if action != trace.PolicyLookup {
		rule.Table = 0
	}
	return rule, nil
}

// ruleAttribute decodes an attribute (FRA_… in include/uapi/linux/fib_rules.h). It returns
// false for a condition that the model does not have.
func ruleAttribute(rule *trace.RoutingRule, header *nl.RtMsg, a syscall.NetlinkRouteAttr) bool {
	const none = ^uint32(0)
	switch a.Attr.Type {
	case unix.FRA_SRC:
		rule.From = prefix(a.Value, header.Src_len)
	case unix.FRA_DST:
		rule.To = prefix(a.Value, header.Dst_len)
	case unix.FRA_IIFNAME:
		rule.In = unix.ByteSliceToString(a.Value)
	case unix.FRA_OIFNAME:
		rule.Out = unix.ByteSliceToString(a.Value)
	case unix.FRA_PRIORITY:
		rule.Priority = number(a)
	case unix.FRA_GOTO:
		rule.Goto = number(a)
	case unix.FRA_TABLE:
		rule.Table = number(a)
	case unix.FRA_FWMARK:
		rule.Mark = number(a)
	case unix.FRA_FWMASK:
		rule.Mask = number(a)
	case unix.FRA_SUPPRESS_PREFIXLEN:
		rule.Shortest = int(number(a) + 1) // all ones means none
	case unix.FRA_SUPPRESS_IFGROUP:
		return number(a) == none
	case unix.FRA_IP_PROTO:
		rule.Protocol = uint8(number(a))
	case unix.FRA_SPORT_RANGE:
		rule.SourcePorts = ports(a.Value)
	case unix.FRA_DPORT_RANGE:
		rule.DestinationPorts = ports(a.Value)
	case fraSourceMask, fraDestinationMask:
		return number(a) == 0xffff
	case unix.FRA_PROTOCOL, unix.FRA_FLOW, unix.FRA_PAD: // who made it, a class for accounting
	case unix.FRA_UNSPEC, unix.FRA_UNUSED2, unix.FRA_UNUSED3, unix.FRA_UNUSED4, unix.FRA_UNUSED5:
	default:
		return false
	}
	return true
}

// Attributes that package unix does not have: masks of ports, all ones unless set (Linux
// 6.15).
const (
	fraSourceMask      = 28
	fraDestinationMask = 29
)

// number decodes an attribute of one, two or four bytes.
func number(a syscall.NetlinkRouteAttr) uint32 {
	switch b := a.Value; len(b) {
	case 1:
		return uint32(b[0])
	case 2:
		return uint32(binary.NativeEndian.Uint16(b))
	case 4:
		return binary.NativeEndian.Uint32(b)
	}
	return 0
}

func ports(b []byte) trace.PortRange {
	if len(b) != 4 {
		return trace.PortRange{}
	}
	return trace.PortRange{First: binary.NativeEndian.Uint16(b), Last: binary.NativeEndian.Uint16(b[2:])}
}

func prefix(b []byte, bits uint8) netip.Prefix {
	ip, _ := netip.AddrFromSlice(b)
	return netip.PrefixFrom(ip, int(bits))
}
