package traffic

// An Answer is what a server sends back for a datagram; nil: nothing.
type Answer func(datagram []byte) []byte

// Text answers every datagram with the same text.
func Text(s string) Answer {
	return func([]byte) []byte { return []byte(s) }
}
