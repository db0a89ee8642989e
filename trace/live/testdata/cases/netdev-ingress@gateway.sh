nft add table netdev guard
nft add chain netdev guard eth1in '{ type filter hook ingress device eth1 priority 0; }'
nft add rule netdev guard eth1in udp dport 53 counter drop
