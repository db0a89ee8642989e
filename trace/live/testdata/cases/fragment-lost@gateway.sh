sysctl -q -w net.ipv4.ipfrag_time=1
nft add table netdev guard
nft add chain netdev guard eth1in '{ type filter hook ingress device eth1 priority 0; }'
nft add rule netdev guard eth1in ip frag-off 0x0172 counter drop
