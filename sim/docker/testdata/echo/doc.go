// Command echo is the program in a container of the tests: it sends each datagram back.
package main
