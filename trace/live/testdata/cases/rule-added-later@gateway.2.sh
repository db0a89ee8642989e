iptables -I FORWARD -s 10.1.0.0/24 -p udp --dport 53 -j DROP
