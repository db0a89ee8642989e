ip rule add priority 100 to 10.6.0.0/24 blackhole
