package sequencer_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/sandogh/sandogh/internal/durable"
)

// A voter's slip is given when Append has returned: whatever entry was
// reported before the process was killed is there afterwards, in its place.
func TestKilledWhileAppending(t *testing.T) {
	const dirVar = "SEQUENCER_TEST_DIR"
	if dir := os.Getenv(dirVar); dir != "" {
		l, err := openAs(dir, origin, logKey, durable.Disk{})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		size, _ := l.Size(context.Background())
		for {
			n := 1 + size%3
			var entries [][]byte
			for i := range n {
				entries = append(entries, entry(size+i))
			}
			if _, err := l.Append(context.Background(), entries...); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
			size += n
			fmt.Println(size)
			if size%5 == 0 {
				l.Checkpoint(context.Background())
			}
		}
	}
	dir := t.TempDir()
	for _, lines := range []int{1, 2, 9, 20} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestKilledWhileAppending$")
		cmd.Env = append(os.Environ(), dirVar+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		reported := uint64(0)
		scanner := bufio.NewScanner(out)
		for range lines {
			if !scanner.Scan() {
				break
			}
			if reported, err = strconv.ParseUint(scanner.Text(), 10, 64); err != nil {
				t.Errorf("the process said %q", scanner.Text())
			}
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for scanner.Scan() { // what it said before the signal came
			reported, _ = strconv.ParseUint(scanner.Text(), 10, 64)
		}
		cmd.Wait()

		l := open(t, dir)
		size, err := l.Size(t.Context())
		if err != nil || size < reported || reported == 0 {
			t.Fatalf("%d entries of %d reported, %v", size, reported, err)
		}
		view, err := l.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		wantEntries(t, view, size)
		if err := l.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
