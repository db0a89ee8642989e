nft add table inet firewall
nft add chain inet firewall guard '{ type filter hook input priority 10; policy accept; }'
nft add rule inet firewall guard udp dport 53 counter drop
