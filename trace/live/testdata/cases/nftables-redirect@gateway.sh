nft add table ip translate
nft add chain ip translate before '{ type nat hook prerouting priority -100; }'
nft add rule ip translate before iifname eth1 tcp dport 80 redirect to :3128
