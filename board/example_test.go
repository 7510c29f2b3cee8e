package board_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/board"
	"golang.org/x/mod/sumdb/tlog"
)

// The example of the specification is a whole log.
func TestSpecificationsExample(t *testing.T) {
	spec, err := os.ReadFile("../spec/record-log.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(spec), "\n```\n")
	checkpoint, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("the specification has no example")
	}
	bundle, err := hex.DecodeString("000161000162000163")
	if err != nil || !strings.Contains(string(spec), hex.EncodeToString(bundle)) {
		t.Fatalf("the bundle is not in the example: %v", err)
	}
	var tile []byte
	for _, data := range []string{"a", "b", "c"} {
		h := tlog.RecordHash([]byte(data))
		tile = append(tile, h[:]...)
	}
	key := func(b byte) ed25519.PublicKey {
		return public(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, 32)))
	}
	l, err := board.Open(fstest.MapFS{
		"checkpoint":           {Data: []byte(checkpoint)},
		"tile/0/000.p/3":       {Data: tile},
		"tile/entries/000.p/3": {Data: bundle},
	}, ".", "example/log", key(1), []board.Witness{{Name: "example/witness", Key: key(2)}})
	if err != nil {
		t.Fatal(err)
	}
	if faults := l.Check(); len(faults) > 0 {
		t.Errorf("faults %v", faults)
	}
	if c := l.Checkpoint(); len(c.Cosigned) != 1 || c.Times[0] != 1_700_000_000 || c.Size != 3 {
		t.Errorf("checkpoint %+v", c)
	}
}
