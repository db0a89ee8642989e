// Command echo is the program in a container of the tests: it sends each datagram back, and
// answers each request for a page with the address that it came from.
package main
