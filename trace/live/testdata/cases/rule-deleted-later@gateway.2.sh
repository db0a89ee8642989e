iptables -D FORWARD 1
