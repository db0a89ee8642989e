ip link set veth9351c88 type bridge_slave hairpin on
