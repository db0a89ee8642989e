iptables -R FORWARD 1 -p udp --dport 53 -j DROP
