ip route replace 10.3.0.0/24 via 10.2.0.3 dev eth0
