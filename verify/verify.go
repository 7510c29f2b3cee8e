package verify

import (
	"context"
	"encoding/hex"
	"io/fs"
	"strings"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify/branchlog"
	"github.com/sandogh/sandogh/verify/outcome"
	"github.com/sandogh/sandogh/verify/report"
	"github.com/sandogh/sandogh/verify/source"
	"github.com/sandogh/sandogh/verify/unit"
)

// Options say how to verify. The zero value is right for most callers.
type Options struct {
	// Election is the expected id; nil prints the id and compares nothing.
	Election *[32]byte
	// Facts, if given, remembers proofs that held, so that one process need not
	// check the same bytes twice. Bodies that distrust each other must not share
	// one.
	Facts *source.Facts
	// First stops reading at the first refutation. The status is the same as
	// without it; of what is found after it nothing can be said.
	First bool
	// Progress, if given, is told how far a long stage has come. It is called
	// from several goroutines.
	Progress func(stage string, done, total int)
	// Looked, if given, is told how many things a check has looked at so far, and
	// must return soon. It too is called from several goroutines.
	Looked func(check string, n int)
}

// run is one verification.
type run struct {
	*source.Reader
	o Options

	id           [32]byte
	def          *election.Definition
	offices      map[string]string // id → role
	hqOffice     string
	witnesses    []board.Witness
	key          *elgamal.Key      // nil until the ceremony is verified
	verification []group.Element   // the trustees' keys, with it
	dealt        [][]group.Element // the trustees' commitments, once all are right
	failed       string            // the dealer by whom the ceremony failed
	hq           *headquarters
	branches     map[string]*branchlog.Branch
	units        map[unit.ID]*unit.Unit
	checker      *unit.Checker
	outcomes     *outcome.Checker
}

// Record verifies the record in fsys. The view holds what the acts continue
// from; it is nil if the definition cannot be read.
func Record(ctx context.Context, fsys fs.FS, o Options) (*report.Report, *View) {
	r := &run{Reader: source.New(ctx, fsys, o.Facts, o.Progress), o: o, units: map[unit.ID]*unit.Unit{}}
	if o.First {
		r.StopAtFirst()
	}
	r.Watch(o.Looked)
	known := r.bootstrap()
	if r.def == nil {
		return r.Report(r.id, known, known && o.Election != nil, report.PhaseNothing), nil
	}
	r.readHeadquarters()
	r.checkCeremony()
	given := r.given()
	r.branches = branchlog.Read(r.Reader, given)
	branchlog.CheckHeads(r.Reader, given, r.branches, r.hq.heads, r.due)
	r.checker = &unit.Checker{Reader: r.Reader, Units: r.units, Given: unit.Given{Election: r.id, Definition: r.def,
		Key: r.key, Verification: r.verification, Branches: r.branches, Fixed: r.hq.plans, Heads: r.hq.heads, Gap: r.hq.gap}}
	r.checker.Check()
	r.outcomes = &outcome.Checker{Reader: r.Reader, Contests: r.hq.outcomes, Given: outcome.Given{Definition: r.def,
		Branches: r.branches, Fixed: r.hq.plans, Units: r.units, Gap: r.hq.gap}}
	r.outcomes.Check()
	r.checkLayout()
	phase := r.phase()
	if err := ctx.Err(); err != nil {
		r.Absent("V001", report.Nowhere, "verification was interrupted: %v", err)
	}
	rep := r.Report(r.id, true, o.Election != nil, phase)
	return rep, &View{r: r, report: rep}
}

// bootstrap finds the election id, the definition and the keys. The origin of
// headquarters' log claims an id; the definition is the blob that hashes to
// it, so nothing need be believed to read it.
func (r *run) bootstrap() (known bool) {
	head, err := fs.ReadFile(r.FS(), "hq/checkpoint")
	if err != nil {
		r.Absent("V005", report.InFile("hq/checkpoint"), "headquarters' log has no readable checkpoint: is this the folder of a record?")
		return false
	}
	origin, _, _ := strings.Cut(string(head), "\n")
	text, ok := strings.CutPrefix(origin, "sandogh/")
	text, ok2 := strings.CutSuffix(text, "/hq")
	id, err := hex.DecodeString(text)
	if !ok || !ok2 || err != nil || len(id) != 32 || hex.EncodeToString(id) != text {
		r.Refute("V005", report.InFile("hq/checkpoint"), "the origin %q is not sandogh/<hex election id>/hq", source.Clip(origin))
		return false
	}
	r.id = [32]byte(id)
	if r.o.Election != nil {
		r.Count("V004", 1)
		if r.id != *r.o.Election {
			r.Refute("V004", report.InFile("hq/checkpoint"), "this is the record of election %x; expected was %x", r.id, *r.o.Election)
		}
	}
	ref := record.Blob{Type: record.TypeDefinition, Size: election.MaxCanonical, Hash: r.id[:]}
	canonical, ok := r.BlobUpTo(ref, report.Nowhere)
	if !ok {
		return true
	}
	r.Count("V003", 1)
	def, err := source.Remember(r.Facts, source.Fact("definition", canonical), func() (*election.Definition, error) {
		return election.Decode(canonical)
	})
	if err != nil {
		r.Refute("V003", report.InFile(source.BlobPath(ref)), "%v", err)
		return true
	}
	r.def = def
	r.offices = map[string]string{}
	for _, o := range def.Offices {
		r.offices[o.ID] = o.Role
		if o.Role == election.Headquarters {
			r.hqOffice = o.ID
		}
	}
	for _, w := range def.Witnesses {
		r.witnesses = append(r.witnesses, board.Witness{Name: w.Name, Key: w.Key.Ed25519()})
	}
	return true
}

// due reports whether a branch's log must be there: the units of one of its
// contests are fixed.
func (r *run) due(id string) bool {
	style, err := r.def.StyleOf(id)
	if err != nil {
		return false
	}
	for _, c := range style.Contests {
		if _, ok := r.hq.plans[c.ID]; ok {
			return true
		}
	}
	return false
}
