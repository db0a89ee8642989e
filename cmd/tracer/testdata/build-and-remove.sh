#!/bin/sh
# Builds the network of flask-demo with ip, sysctl and iptables, and removes it.
# No traffic, no capture. $1 begins the names of the namespaces.
set -e
client=$1-client host=$1-host flask=$1-flask
trap 'for n in $client $host $flask; do ip netns del $n 2>/dev/null || :; done' EXIT
for n in $client $host $flask; do ip netns add $n; done

ip -n $client link add eth0 type veth peer name ens160 netns $host
ip -n $client addr add 192.168.52.202/24 dev eth0
ip -n $client link set lo up
ip -n $client link set eth0 up

ip -n $host link add docker0 type bridge
ip -n $host addr add 192.168.52.203/24 dev ens160
ip -n $host addr add 172.17.0.1/16 brd 172.17.255.255 dev docker0
ip -n $host link set lo up
ip -n $host link set ens160 up
ip -n $host link set docker0 up
ip -n $host route add default via 192.168.52.2
ip -n $host link add veth0 type veth peer name eth0 netns $flask
ip -n $host link set veth0 master docker0 up

ip -n $flask link set eth0 address 02:42:ac:11:00:02
ip -n $flask addr add 172.17.0.2/16 brd 172.17.255.255 dev eth0
ip -n $flask link set lo up
ip -n $flask link set eth0 up
ip -n $flask route add default via 172.17.0.1

ip netns exec $host sh -e <<'RULES'
echo 1 >/proc/sys/net/ipv4/ip_forward
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -t nat -A POSTROUTING -s 172.17.0.2/32 -d 172.17.0.2/32 -p tcp -m tcp --dport 5000 -j MASQUERADE
iptables -t nat -A DOCKER -i docker0 -j RETURN
iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.2:5000
iptables -N DOCKER
iptables -N DOCKER-ISOLATION-STAGE-1
iptables -N DOCKER-ISOLATION-STAGE-2
iptables -N DOCKER-USER
iptables -P FORWARD DROP
iptables -A FORWARD -j DOCKER-USER
iptables -A FORWARD -j DOCKER-ISOLATION-STAGE-1
iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -o docker0 -j DOCKER
iptables -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
iptables -A FORWARD -i docker0 -o docker0 -j ACCEPT
iptables -A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 5000 -j ACCEPT
iptables -A DOCKER-ISOLATION-STAGE-1 -i docker0 ! -o docker0 -j DOCKER-ISOLATION-STAGE-2
iptables -A DOCKER-ISOLATION-STAGE-1 -j RETURN
iptables -A DOCKER-ISOLATION-STAGE-2 -o docker0 -j DROP
iptables -A DOCKER-ISOLATION-STAGE-2 -j RETURN
iptables -A DOCKER-USER -j RETURN
RULES
