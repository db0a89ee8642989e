#!/bin/sh
# Builds a host with docker0 and $2 containers, each with a published port, and removes them again, as one
# would by hand. $1 begins the names of the namespaces.
set -e
host=$1-host
trap 'for i in $(seq "$2"); do ip netns del "$1-$i" 2>/dev/null || :; done; ip netns del $host 2>/dev/null || :' EXIT
ip netns add "$host"
ip -n "$host" link set lo up
ip -n "$host" link add docker0 type bridge
ip -n "$host" addr add 172.17.0.1/16 dev docker0
ip -n "$host" link set docker0 up
ip netns exec "$host" sh -e <<'RULES'
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
iptables -N DOCKER
iptables -P FORWARD DROP
iptables -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
iptables -A FORWARD -o docker0 -j DOCKER
RULES
for i in $(seq "$2"); do
	address=172.17.$((i / 250)).$((i % 250 + 2))
	ip netns add "$1-$i"
	ip -n "$host" link add "veth$i" type veth peer name eth0 netns "$1-$i"
	ip -n "$host" link set "veth$i" master docker0 up
	ip -n "$1-$i" addr add "$address/16" dev eth0
	ip -n "$1-$i" link set lo up
	ip -n "$1-$i" link set eth0 up
	ip -n "$1-$i" route add default via 172.17.0.1
	ip netns exec "$host" iptables -t nat -A DOCKER ! -i docker0 -p tcp -m tcp --dport $((8000 + i)) -j DNAT --to-destination "$address:5000"
	ip netns exec "$host" iptables -A DOCKER -d "$address/32" ! -i docker0 -o docker0 -p tcp -m tcp --dport 5000 -j ACCEPT
done
