package iptables

// form is a command of a kind that the engine knows, with the table it belongs to.
type form struct{ table, args string }

// forms has every option of every match and target, as users write them.
func forms() []form {
	return []form{
		{"filter", "-f"}, {"filter", "! -f -j DROP"}, {"filter", "-g U"}, {"filter", "-p tcp --dport 80 -g U"}, {"filter", "-j RETURN"},

		{"filter", "-p tcp --syn"}, {"filter", "-p tcp ! --syn -j DROP"}, {"filter", "-p tcp --tcp-flags SYN,ACK SYN --dport 80"},
		{"filter", "-p tcp --tcp-flags ALL NONE"}, {"filter", "-p tcp ! --tcp-flags ALL FIN,PSH,URG"}, {"filter", "-p tcp --tcp-option 2"},
		{"filter", "-p tcp ! --tcp-option 2 --sport 5 ! --dport 1:9 --syn"}, {"filter", "-p tcp --sport 1024: --dport :1023"},
		{"filter", "-p udp --sport 53 ! --dport 1024:"},

		{"filter", "-p icmp --icmp-type echo-request"}, {"filter", "-p icmp ! --icmp-type 3/4"}, {"filter", "-p icmp --icmp-type any"},
		{"filter", "-p icmp --icmp-type host-prohibited"}, {"filter", "-p icmp -m icmp --icmp-type 255/3"},

		{"filter", "-m comment --comment plain"}, {"filter", `-m comment --comment "two words, \"quoted\" and \\ 'more'"`},
		{"filter", "-m comment --comment 'über'"}, {"filter", "-m comment --comment 'a=b; c$d' -j ACCEPT"},

		{"filter", "-m connmark --mark 1"}, {"filter", "-m connmark ! --mark 0x10/0xf0"},
		{"filter", "-m mark --mark 1"}, {"filter", "-m mark ! --mark 0x10/0xf0"}, {"filter", "-m mark --mark 0/1"},

		{"filter", "-m conntrack --ctstate NEW,ESTABLISHED"}, {"filter", "-m conntrack ! --ctstate INVALID --ctdir ORIGINAL"},
		{"filter", "-m conntrack --ctproto tcp"}, {"filter", "-m conntrack ! --ctproto 47"}, {"filter", "-m conntrack --ctorigsrc 10.0.0.1"},
		{"filter", "-m conntrack ! --ctorigdst 10.0.0.0/8"}, {"filter", "-m conntrack --ctreplsrc 10.1.2.0/23 ! --ctrepldst 10.0.0.2"},
		{"filter", "-m conntrack --ctorigsrcport 1024:65535"}, {"filter", "-p tcp -m conntrack ! --ctorigdstport 80"},
		{"filter", "-p tcp -m conntrack --ctreplsrcport 80 --ctrepldstport 1000:2000"}, {"filter", "-m conntrack --ctstatus NONE"},
		{"filter", "-m conntrack ! --ctstatus EXPECTED,SEEN_REPLY,ASSURED,CONFIRMED"}, {"filter", "-m conntrack --ctexpire 10"},
		{"filter", "-m conntrack ! --ctexpire 10:100"}, {"filter", "-m conntrack --ctdir REPLY"}, {"filter", "-m state --state NEW,RELATED"},
		{"filter", "-m state ! --state INVALID"}, {"filter", "-m conntrack --ctstate DNAT ! --ctorigdst 10.0.0.1 --ctorigdstport 8080 --ctstatus ASSURED --ctdir REPLY"},

		{"filter", "-m dscp --dscp 46"}, {"filter", "-m dscp ! --dscp-class AF21"}, {"filter", "-m dscp --dscp-class cs0"},
		{"filter", "-m tos --tos 0x10"}, {"filter", "-m tos ! --tos 0x10/0xf0"}, {"filter", "-m tos --tos Minimize-Delay"},
		{"filter", "-m ttl --ttl-eq 64"}, {"filter", "-m ttl --ttl 64"}, {"filter", "-m ttl ! --ttl-eq 64"}, {"filter", "-m ttl --ttl-lt 5"}, {"filter", "-m ttl --ttl-gt 5"},
		{"filter", "-m length --length 1000"}, {"filter", "-m length ! --length 1000:1500"}, {"filter", "-m length --length :100"},
		{"filter", "-m pkttype --pkt-type broadcast"}, {"filter", "-m pkttype ! --pkt-type unicast"}, {"filter", "-m pkttype --pkt-type multicast"},

		{"filter", "-m iprange --src-range 10.0.0.1-10.0.0.9"}, {"filter", "-m iprange ! --src-range 10.0.0.1-10.0.0.9 --dst-range 10.1.0.0-10.2.0.0"},
		{"filter", "-m iprange ! --dst-range 10.0.0.1"},
		{"filter", "-m mac --mac-source 02:42:AC:11:00:02"}, {"filter", "-m mac ! --mac-source 02:42:ac:11:00:02"},
		{"filter", "-m limit"}, {"filter", "-m limit --limit 5/second"}, {"filter", "-m limit --limit 10/m --limit-burst 20"}, {"filter", "-m limit --limit 7/hour"},
		{"filter", "-m limit --limit 1/day"}, {"filter", "-m limit --limit 333/sec"}, {"filter", "-m limit --limit 90/min"}, {"filter", "-m limit --limit 7"},
		{"filter", "-p tcp -m multiport --dports 80,443"}, {"filter", "-p udp -m multiport ! --sports 53,1000:2000,5353"},
		{"filter", "-p tcp -m multiport --ports 22"}, {"filter", "-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14:15"},
		{"filter", "-m owner --uid-owner 1000"}, {"filter", "-m owner ! --uid-owner 0-999 --gid-owner 5"}, {"filter", "-m owner --socket-exists"},
		{"filter", "-m owner ! --gid-owner 5-6 --suppl-groups"}, {"filter", "-m owner ! --socket-exists"},
		{"filter", "-m recent --set"}, {"filter", "-m recent --name ssh --rcheck --seconds 60 --hitcount 4 -j DROP"},
		{"filter", "-m recent ! --update --seconds 60 --reap --rttl --name x --rdest"}, {"filter", "-m recent --remove --mask 255.255.255.0"},
		{"filter", "-m statistic --mode random --probability 0.25"}, {"filter", "-m statistic --mode random ! --probability 0.1"},
		{"filter", "-m statistic --mode nth --every 3 --packet 0"}, {"filter", "-m statistic --mode nth ! --every 10 --packet 4"},
		{"filter", "-m string --string GET --algo bm"}, {"filter", `-m string ! --string 'a "b" \c' --algo kmp --from 40 --to 200 --icase`},
		{"filter", "-m string --hex-string 'x|00 ff|y' --algo bm"},
		{"filter", "-p tcp -m tcpmss --mss 1460"}, {"filter", "-p tcp --syn -m tcpmss ! --mss 0:1400"},
		{"filter", "-m addrtype --dst-type LOCAL ! --src-type UNICAST"},

		{"filter", "-j REJECT"}, {"filter", "-j REJECT --reject-with icmp-net-unreachable"}, {"filter", "-j REJECT --reject-with host-unreach"},
		{"filter", "-j REJECT --reject-with icmp-proto-unreachable"}, {"filter", "-j REJECT --reject-with icmp-net-prohibited"},
		{"filter", "-j REJECT --reject-with icmp-host-prohibited"}, {"filter", "-j REJECT --reject-with icmp-admin-prohibited"},
		{"filter", "-p tcp -j REJECT --reject-with tcp-reset"},
		{"filter", "-j LOG"}, {"filter", `-j LOG --log-prefix "in: " --log-level debug`}, {"filter", "-j LOG --log-level 4 --log-prefix DROP"},
		{"filter", "-j LOG --log-level 0 --log-tcp-sequence --log-tcp-options --log-ip-options --log-uid --log-macdecode"},

		{"mangle", "-j MARK --set-mark 1"}, {"mangle", "-j MARK --set-mark 0x10/0xff"}, {"mangle", "-j MARK --set-xmark 1/3"}, {"mangle", "-j MARK --set-xmark 1"},
		{"mangle", "-j MARK --and-mark 0xf0"}, {"mangle", "-j MARK --or-mark 4"}, {"mangle", "-j MARK --xor-mark 4"}, {"mangle", "-j MARK --set-mark 0"},
		{"mangle", "-j CONNMARK --set-mark 1"}, {"mangle", "-j CONNMARK --set-mark 1/3"}, {"mangle", "-j CONNMARK --set-xmark 1/3"}, {"mangle", "-j CONNMARK --save-mark"},
		{"mangle", "-j CONNMARK --restore-mark"}, {"mangle", "-j CONNMARK --save-mark --mask 0xff"}, {"mangle", "-j CONNMARK --restore-mark --nfmask 0xf0 --ctmask 0x0f"},
		{"mangle", "-j CONNMARK --and-mark 1"}, {"mangle", "-j CONNMARK --or-mark 1"}, {"mangle", "-j CONNMARK --xor-mark 1"},
		{"mangle", "-j CONNMARK --save-mark --left-shift-mark 8"}, {"mangle", "-j CONNMARK --restore-mark --right-shift-mark 8"},
		{"mangle", "-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu"}, {"mangle", "-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1400"},
		{"mangle", "-j TTL --ttl-set 64"}, {"mangle", "-j TTL --ttl-inc 1"}, {"mangle", "-j TTL --ttl-dec 3"},
		{"mangle", "-j TOS --set-tos 0x10"}, {"mangle", "-j TOS --set-tos 0x10/0xf0"}, {"mangle", "-j TOS --set-tos Maximize-Throughput"},
		{"mangle", "-j TOS --and-tos 0xf0"}, {"mangle", "-j TOS --or-tos 4"}, {"mangle", "-j TOS --xor-tos 4"},
		{"mangle", "-j DSCP --set-dscp 46"}, {"mangle", "-j DSCP --set-dscp-class ef"},

		{"nat", "-j DNAT --to-destination 10.0.0.1"}, {"nat", "-j DNAT --to-destination 10.0.0.1-10.0.0.9 --persistent"}, {"nat", "-p tcp -j DNAT --to-destination 10.0.0.1:80"},
		{"nat", "-p tcp -j DNAT --to-destination 10.0.0.1-10.0.0.9:80-90 --random"}, {"nat", "-p udp -j DNAT --to-destination :5353"},
		{"nat", "-p tcp -j DNAT --to-destination 10.0.0.1:80-90/8080"},
		{"nat", "-j SNAT --to-source 10.0.0.1"}, {"nat", "-j SNAT --to-source 10.0.0.1-10.0.0.9 --persistent --random"}, {"nat", "-p tcp -j SNAT --to-source 10.0.0.1:1024-2047 --random-fully"},
		{"nat", "-p udp -j SNAT --to-source :500"},
		{"nat", "-j MASQUERADE"}, {"nat", "-j MASQUERADE --random"}, {"nat", "-j MASQUERADE --random-fully"}, {"nat", "-p tcp -j MASQUERADE --to-ports 1024-31000"},
		{"nat", "-p udp -j MASQUERADE --to-ports 500 --random"},
		{"nat", "-j REDIRECT"}, {"nat", "-p tcp -j REDIRECT --to-ports 8080"}, {"nat", "-p tcp -j REDIRECT --to-ports 8080-8090 --random"}, {"nat", "-p udp --dport 53 -j REDIRECT --to-port 5353"},
		{"nat", "-j NETMAP --to 10.7.0.0/16"}, {"nat", "-j NETMAP --to 10.7.4.0/22"}, {"nat", "-j NETMAP --to 10.7.4.1"},
	}
}

// forms6 has what differs in IPv6: addresses, and the matches and targets of its own.
func forms6() []form {
	return []form{
		{"filter", "-s fd00::1 -j DROP"}, {"filter", "! -s fd00::/64 -d fd00:0:0:10::/60"}, {"filter", "-s fe80::/10 -d ff02::1"},
		{"filter", "-s fd00:1:2:3:4:5:6:6/127 ! -d ::1/128"}, {"filter", "-i eth0 ! -o eth1 -p tcp --dport 80 -g U"}, {"filter", "-p udp ! --sport 53"},

		{"filter", "-p icmpv6"}, {"filter", "-p ipv6-icmp --icmpv6-type echo-request"}, {"filter", "-p icmpv6 ! --icmpv6-type 1/4"},
		{"filter", "-p icmpv6 --icmpv6-type packet-too-big -j ACCEPT"}, {"filter", "-p icmpv6 -m icmp6 --icmpv6-type neighbour-solicitation"},
		{"filter", "-p icmpv6 --icmpv6-type ttl-zero-during-transit"}, {"filter", "-p icmpv6 --icmpv6-type 255"},

		{"filter", "-m conntrack --ctstate NEW,ESTABLISHED"}, {"filter", "-m conntrack --ctorigsrc fd00::1"}, {"filter", "-p tcp -m conntrack ! --ctorigdst fd00::/65 --ctorigdstport 80"},
		{"filter", "-m conntrack --ctreplsrc fd00::/48 ! --ctrepldst fd00:0:0:1::2 --ctdir REPLY"}, {"filter", "-m state --state RELATED"},

		{"filter", "-m hl --hl-eq 64"}, {"filter", "-m hl ! --hl-eq 64"}, {"filter", "-m hl --hl-lt 5"}, {"filter", "-m hl --hl-gt 5"},
		{"filter", "-m dscp --dscp 46"}, {"filter", "-m tos --tos 0x10"}, {"filter", "-m length --length 1000:1500"}, {"filter", "-m pkttype --pkt-type multicast"},
		{"filter", "-m iprange --src-range fd00::1-fd00::9"}, {"filter", "-m iprange ! --src-range fd00::1-fd00::9 --dst-range fd00:1::-fd00:2::"},
		{"filter", "-m mac --mac-source 02:42:AC:11:00:02"}, {"filter", "-m limit --limit 5/second"}, {"filter", "-p tcp -m multiport --dports 80,443"},
		{"filter", "-m owner --uid-owner 1000"}, {"filter", "-m recent --set"}, {"filter", "-m recent --remove --mask ffff:ffff::"}, {"filter", "-m mark --mark 1"},
		{"filter", "-m statistic --mode nth --every 3 --packet 0"}, {"filter", "-m string --string GET --algo bm"}, {"filter", "-p tcp -m tcpmss --mss 1460"},
		{"filter", "-m addrtype --dst-type LOCAL ! --src-type UNICAST"}, {"filter", "-m comment --comment plain"},

		{"filter", "-j REJECT"}, {"filter", "-j REJECT --reject-with icmp6-no-route"}, {"filter", "-j REJECT --reject-with adm-prohibited"},
		{"filter", "-j REJECT --reject-with icmp6-addr-unreachable"}, {"filter", "-j REJECT --reject-with icmp6-port-unreachable"},
		{"filter", "-j REJECT --reject-with policy-fail"}, {"filter", "-j REJECT --reject-with icmp6-reject-route"}, {"filter", "-p tcp -j REJECT --reject-with tcp-reset"},
		{"filter", `-j LOG --log-prefix "in: " --log-level debug`},

		{"mangle", "-j MARK --set-mark 1"}, {"mangle", "-j CONNMARK --save-mark"}, {"mangle", "-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu"},
		{"mangle", "-j HL --hl-set 64"}, {"mangle", "-j HL --hl-inc 1"}, {"mangle", "-j HL --hl-dec 3"}, {"mangle", "-j TOS --set-tos 0x10"}, {"mangle", "-j DSCP --set-dscp 46"},

		{"nat", "-j DNAT --to-destination fd00::1"}, {"nat", "-j DNAT --to-destination fd00::1-fd00::9 --persistent"}, {"nat", "-p tcp -j DNAT --to-destination [fd00::1]:80"},
		{"nat", "-p tcp -j DNAT --to-destination [fd00::1-fd00::9]:80-90 --random"}, {"nat", "-p udp -j DNAT --to-destination :5353"},
		{"nat", "-p tcp -j DNAT --to-destination [fd00::1]:80-90/8080"},
		{"nat", "-j SNAT --to-source fd00::1"}, {"nat", "-j SNAT --to-source fd00::1-fd00::9 --persistent --random"}, {"nat", "-p tcp -j SNAT --to-source [fd00::1]:1024-2047 --random-fully"},
		{"nat", "-p udp -j SNAT --to-source :500"},
		{"nat", "-j MASQUERADE"}, {"nat", "-j MASQUERADE --random"}, {"nat", "-j MASQUERADE --random-fully"}, {"nat", "-p tcp -j MASQUERADE --to-ports 1024-31000"},
		{"nat", "-j REDIRECT"}, {"nat", "-p tcp -j REDIRECT --to-ports 8080"}, {"nat", "-p tcp -j REDIRECT --to-ports 8080-8090 --random"},
		{"nat", "-j NETMAP --to fd00:7::/64"}, {"nat", "-j NETMAP --to fd00:7::/61"}, {"nat", "-j NETMAP --to fd00:7::1"},
	}
}
