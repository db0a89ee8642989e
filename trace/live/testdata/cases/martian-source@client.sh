ip address add 10.2.0.1/32 dev lo
