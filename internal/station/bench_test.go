package station_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/sandogh/sandogh/internal/station"
	"github.com/sandogh/sandogh/record"
)

// BenchmarkSession is one voter at one terminal: card, sealed ballot, cast; each is
// on the disk before the next.
func BenchmarkSession(b *testing.B) {
	p := &place{t: b, dir: b.TempDir(), election: small}
	p.officers[0], p.officers[1] = small.Keys.Signer("officer/o1"), small.Keys.Signer("officer/o2")
	var err error
	if p.style, err = small.Definition.StyleOf(branch); err != nil {
		b.Fatal(err)
	}
	if err := p.open(); err != nil {
		b.Fatal(err)
	}
	defer p.Shut(context.Background())
	if err := p.Commit(record.Committed{Device: "d1", Limit: 50_000, Root: make([]byte, 32)}); err != nil {
		b.Fatal(err)
	}
	if _, err := p.Begin(b.Context(), p.officers); err != nil {
		b.Fatal(err)
	}
	p.voters = 1 << 20
	card := 0
	for b.Loop() {
		card++
		id, err := p.activate("d1", fmt.Sprint(card))
		if err != nil {
			b.Fatal(err)
		}
		if err := p.vote("d1", id, station.Cast); err != nil {
			b.Fatal(err)
		}
	}
}
