// A program without network or C, so that Go notices that everything waits.
package main

func main() { <-make(chan string) }
