package store_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestGenerated: the queries are accepted by both engines, and what was generated
// from them is not stale.
func TestGenerated(t *testing.T) {
	sqlc, err := exec.LookPath("sqlc")
	if err != nil {
		if os.Getenv("SANDOGH_REQUIRE_SQLC") == "1" {
			t.Fatal(err)
		}
		t.Skip("no sqlc on PATH: whether the generated queries are stale was not looked at")
	}
	for _, args := range [][]string{{"diff"}, {"compile", "-f", "sqlc.sqlite.yaml"}} {
		c := exec.Command(sqlc, args...)
		c.Dir = "../.."
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("sqlc %v: %v\n%s", args, err, out)
		}
	}
}
