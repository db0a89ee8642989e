nft add table ip translate
nft add chain ip translate before '{ type nat hook prerouting priority -100; }'
nft add chain ip translate after '{ type nat hook postrouting priority 100; }'
nft add rule ip translate before tcp dport 8080 dnat to 10.2.0.2:80
nft add rule ip translate after oifname eth0 masquerade
