// Command server is a program that a scenario of the tests brings along (exec:). It answers
// every HTTP request on port 5000 with Hello, as Docker's tutorials do:
//
//	tracer run server.yaml --allow-exec ─▶ a lab ─▶ this program, in the container's namespace
package main
