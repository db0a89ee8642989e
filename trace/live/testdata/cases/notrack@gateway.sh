iptables -t raw -A PREROUTING -p udp -j CT --notrack
