package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/sequencer"
	"github.com/sandogh/sandogh/internal/witness"
	"github.com/sandogh/sandogh/spec"
)

// exampleWitnesses writes the example's definition with the witnesses of the
// cards, all of whom must cosign.
func exampleWitnesses(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: example-witnesses FILE CARD…")
	}
	data, err := spec.Examples.ReadFile("examples/definition.json")
	ts.Check(err)
	def, err := election.Parse(data)
	ts.Check(err)
	def.Witnesses, def.WitnessQuorum = nil, len(args)-1
	for _, card := range args[1:] {
		var w election.Witness
		ts.Check(json.Unmarshal([]byte(ts.ReadFile(card)), &w))
		def.Witnesses = append(def.Witnesses, w)
	}
	data, err = json.Marshal(def)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// publishLog lets headquarters' log of the example, whose key is public, grow to
// N entries, of which those from 8 on differ between logs of different folders,
// and publishes it with the witnesses at addresses or behind folders.
func publishLog(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 4 {
		ts.Fatalf("usage: publish-log DEFINITION LOG N OUT NAME=URL|NAME=DIR…")
	}
	var size int
	_, err := fmt.Sscan(args[2], &size)
	ts.Check(err)
	def, err := election.Parse([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	seed := sha256.Sum256([]byte("sandogh example hq log"))
	key := ed25519.NewKeyFromSeed(seed[:])
	public := key.Public().(ed25519.PublicKey)
	signer, err := sequencer.NewSigner(def.HQOrigin(), key)
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	log, err := sequencer.Open(ctx, ts.MkAbs(args[1]), signer, public, sequencer.Options{})
	ts.Check(err)
	defer log.Close(ctx)
	has, err := log.Size(ctx)
	ts.Check(err)
	for i := int(has); i < size; i++ {
		entry := fmt.Sprint("entry ", i)
		if i >= 8 {
			entry += " of " + args[1]
		}
		_, err := log.Append(ctx, []byte(entry))
		ts.Check(err)
	}
	var cosigners []sequencer.Cosigner
	for _, arg := range args[4:] {
		name, at, _ := strings.Cut(arg, "=")
		w, ok := def.Witness(name)
		if !ok {
			ts.Fatalf("no witness %q", name)
		}
		known := board.Witness{Name: w.Name, Key: w.Key.Ed25519()}
		if !strings.HasPrefix(at, "http") {
			cosigners = append(cosigners, witness.NewDrop(known, ts.MkAbs(at)))
			continue
		}
		c, err := witness.NewClient(known, at, nil)
		ts.Check(err)
		cosigners = append(cosigners, c)
	}
	_, err = body.Publish(ctx, log, ts.MkAbs(args[3]), def, def.HQOrigin(), public, cosigners, nil)
	var quorum *body.QuorumError
	if err != nil && !errors.As(err, &quorum) {
		ts.Check(err)
	}
	ts.Logf("%v", err)
	if neg != (err != nil) {
		ts.Fatalf("published: %t", err == nil)
	}
}

// running are the servers that scripts have started, by their process ids.
var running sync.Map

// serving starts a server, whose first line on stderr names its address, and puts
// the address into a variable.
func serving(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: serving VARIABLE command…")
	}
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { cmd.Process.Kill(); cmd.Wait() })
	r := bufio.NewReader(stderr)
	line, err := r.ReadString('\n')
	ts.Check(err)
	_, rest, ok := strings.Cut(line, " http://")
	address, _, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		ts.Fatalf("%s", line)
	}
	ts.Setenv(args[0], "http://"+address)
	running.Store(ts.Name()+args[0], cmd)
	go io.Copy(io.Discard, r) // it must not wait for a reader
}

// end asks a server to stop, which is a success; "! end" kills it.
func end(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: end VARIABLE")
	}
	v, ok := running.LoadAndDelete(ts.Name() + args[0])
	if !ok {
		ts.Fatalf("nothing runs at %s", args[0])
	}
	cmd, sig := v.(*exec.Cmd), syscall.SIGTERM
	if neg {
		sig = syscall.SIGKILL
	}
	ts.Check(cmd.Process.Signal(sig))
	if err := cmd.Wait(); neg != (err != nil) {
		ts.Fatalf("ended with %v", err)
	}
}

// onlyFile puts the one path of a pattern into a variable.
func onlyFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: only-file VARIABLE PATTERN")
	}
	paths, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(paths) != 1 {
		ts.Fatalf("%d files: %s", len(paths), paths)
	}
	ts.Setenv(args[0], paths[0])
}
