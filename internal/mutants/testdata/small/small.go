// Command small is mutated by the tests. What it prints tells every mutant.
package main

import (
	"errors"
	"fmt"
)

type size uint8

const most size = 3

var words = [...]string{0: "none", 1: "one", 2: "two"}

func compare(a, b int) bool { return a < b }

func both(a, b bool) bool {
	if a && b {
		return true
	}
	return false
}

func sum(a, b size) size { return a + b - 1 }

func small(n size) error {
	if n >= most {
		return errors.New("too much")
	}
	return nil
}

func name(n int) (out string, err error) {
	switch n {
	case 1:
		out = "first"
	case 2:
		out = "second"
	default:
		return "", fmt.Errorf("no name of %d", n+1)
	}
	out += "!"
	return out, nil
}

func kind(x any) string {
	switch x := x.(type) {
	case int:
		return fmt.Sprint("int ", x)
	case string:
		return "string " + x
	}
	return "other"
}

func count(n int) (c int) {
	for range n {
		c++
		c += 2
	}
	return c
}

func main() {
	fmt.Println(compare(1, 2), compare(2, 2), compare(3, 2))
	fmt.Println(both(true, true), both(true, false))
	fmt.Println(sum(5, 2), small(2), small(3), small(4))
	for n := range 3 {
		fmt.Println(words[n])
		fmt.Println(name(n))
	}
	fmt.Println(kind(1), kind("a"), kind(nil), count(2))
	if !both(false, true) {
		fmt.Println(len(make([]int, 2, 8)))
	}
}
