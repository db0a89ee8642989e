nft chain ip filter FORWARD '{ policy drop; }'
