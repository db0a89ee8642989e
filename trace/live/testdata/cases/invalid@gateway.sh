iptables -t raw -I PREROUTING -i eth1 -p tcp --tcp-flags SYN,RST,ACK SYN -j CT --notrack
