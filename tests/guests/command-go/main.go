// A WASI 0.2 command in Go: `args …` prints each argument, `exit N` exits with N.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	args := os.Args[1:]
	switch {
	case len(args) == 0:
		fmt.Println("hello from Go")
	case args[0] == "args":
		for _, arg := range args[1:] {
			fmt.Println(arg)
		}
	case args[0] == "exit" && len(args) == 2:
		code, err := strconv.Atoi(args[1])
		if err != nil {
			panic(err)
		}
		os.Exit(code)
	default:
		fmt.Fprintln(os.Stderr, "unknown:", strings.Join(args, " "))
		os.Exit(1)
	}
}
