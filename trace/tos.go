package trace

// The TOS octet has a class of service, the DSCP, in its upper six bits (RFC 2474), and the
// ECN, for congestion notification, in the lower two (RFC 3168).

// classes are the classes of service with a standard name (RFC 2474, 4.2.2; RFC 2597;
// RFC 3246; RFC 5865; RFC 8622).
var classes = map[uint8]string{
	0: "default", 1: "LE", 44: "VA", 46: "EF",
	8: "CS1", 16: "CS2", 24: "CS3", 32: "CS4", 40: "CS5", 48: "CS6", 56: "CS7",
	10: "AF11", 12: "AF12", 14: "AF13", 18: "AF21", 20: "AF22", 22: "AF23",
	26: "AF31", 28: "AF32", 30: "AF33", 34: "AF41", 36: "AF42", 38: "AF43",
}

// DSCP returns the name of the class of service, or "" if it has none.
func DSCP(tos uint8) string { return classes[tos>>2] }

// ECN returns the name of the congestion bits.
func ECN(tos uint8) string { return [...]string{"not ECT", "ECT(1)", "ECT(0)", "CE"}[tos&3] }
