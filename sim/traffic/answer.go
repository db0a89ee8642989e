package traffic

// Answer returns the reply to a datagram, or nil for none.
type Answer func(datagram []byte) []byte

// Text answers every datagram with the same text.
func Text(s string) Answer {
	return func([]byte) []byte { return []byte(s) }
}
