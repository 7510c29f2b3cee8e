package tamper_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/report"
)

var update = flag.Bool("update", false, "make spec/vectors/record anew, with new keys")

const vectorsDir = "../spec/vectors/record"

// A vector is a record for other verifiers to try themselves on, and what
// spec/verify.md says of it. Checks lists those that do not pass.
type vector struct {
	File     string       `json:"file"`
	Done     string       `json:"done"`
	Election string       `json:"election"` // expected, in hex
	Status   string       `json:"status"`
	Phase    string       `json:"phase"`
	Checks   []checkState `json:"checks"`
}

type checkState struct {
	ID    string       `json:"id"`
	State report.State `json:"state"`
}

// without are the checks of which there is no bad vector: while the proofs of
// slots, shuffles and shares are sound, no row opens to what is no code.
var without = []string{"V036"}

// goodVectors are true records, by name.
func goodVectors() map[string]attempt {
	cutTo := func(cut func(*forger)) attempt { return attempt{tiny, cut} }
	return map[string]attempt{
		"certified: two voters, one card spoiled, one device challenged":           {tiny, func(*forger) {}},
		"canvassed: two candidates have one vote each, and a question is open":     {tinyTied, func(*forger) {}},
		"certified: the question is answered by lot":                               {tinyTied, func(f *forger) { settled(f) }},
		"certified: the question is answered by a ruling of both offices":          {tinyTied, ruled},
		"certified: a ruling came after the result, and both offices corrected it": {tinyCorrected, func(*forger) {}},
		"certified: a ruling came after the result, which is not corrected yet":    {tinyCorrected, cut[*record.Correction]},
		"certified: a result was wrong, and both offices corrected it": {tinyCorrected, func(f *forger) {
			f.remove(hq, indices[*record.Ruling](f, hq)[0])
			right := nth[*record.Result](f, hq, 0)
			edit(f, hq, 0, func(r *record.Result) { r.Elected = nil })
			was := record.Code(f.logs[hq][indices[*record.Result](f, hq)[0]])
			edit(f, hq, 0, func(c *record.Correction) { c.Corrects, c.Result = was[:], *right })
		}},
		"certified: the branch paused, was extended, added a device and lost it": {tinyEventful, func(*forger) {}},
		"closed: the branch closed in a pause": {tinyEventful, func(f *forger) {
			cut[*record.Units](f)
			stated(f, indices[*record.Close](f, b101)[0], &record.Pause{Branch: "101", Reason: record.PauseSafety})
		}},
		"voting: the branch has paused, with a ballot that has not ended": {tinyEventful, func(f *forger) {
			cut[*record.Units](f)
			i := indices[*record.Retire](f, b101)[0]
			f.logs[b101] = append(slices.Clip(f.logs[b101][:i]), f.state101(&record.Pause{Branch: "101", Reason: record.PausePaper}))
			f.takeIn(b101)
		}},
		"certified: a trustee complained of a dealing, and the dealer disclosed it": {tiny, complained},
		"ceremony: a trustee complains of a dealing": {tiny, func(f *forger) {
			beforeBranches(f)
			cut[*record.Confirmation](f)
			f.logs[hq] = append(f.logs[hq], f.complaint(1, 0))
		}},
		"canvassed: before the result": cutTo(cut[*record.Result]),
		"counted: before the canvass":  cutTo(cut[*record.Canvass]),
		"opening: before the tally":    cutTo(cut[*record.Tally]),
		"mixing: before the shares":    cutTo(cut[*record.Shares]),
		"mixing: after the first turn": cutTo(func(f *forger) {
			cut[*record.Shares](f)
			f.remove(hq, indices[*record.Shuffle](f, hq)[1])
		}),
		"closed: before the units": cutTo(cut[*record.Units]),
		"voting: before the close, with an earlier head": cutTo(func(f *forger) {
			cut[*record.Units](f)
			f.logs[b101] = f.logs[b101][:len(f.logs[b101])-1]
			edit(f, hq, 0, func(h *record.Head) { h.Checkpoint = f.checkpoint(b101, f.logs[b101][:3]) })
		}),
		"voting: a head, and the branch's log not yet": cutTo(func(f *forger) {
			cut[*record.Units](f)
			delete(f.logs, b101)
		}),
		"ready: before the branch opened":     cutTo(beforeBranches),
		"ceremony: before the key":            cutTo(func(f *forger) { beforeBranches(f); cut[*record.ElectionKey](f) }),
		"ceremony: before the dealings":       cutTo(func(f *forger) { beforeBranches(f); cut[*record.Dealing](f) }),
		"defined: the definition and no more": cutTo(func(f *forger) { beforeBranches(f); cut[*record.Commitment](f) }),
	}
}

// attempt is what is done to a record.
type attempt struct {
	from func() *loot
	do   func(f *forger)
}

func ruled(f *forger) {
	offices := []string{"office/hq", "office/supervisors"}
	ruling, _ := settles(f)
	hash := record.Code(f.logs[hq][f.append(hq, ruling, offices...)])
	q := nth[*record.Question](f, hq, 0)
	f.append(hq, &record.Result{Contest: contest, Canvass: q.Votes, Answers: [][]byte{hash[:]}, Elected: ruling.Order[:1]}, offices...)
}

func complained(f *forger) { f.dealt(f.complaint(1, 0), f.disclosure(0, 1, nil)) }

// badVectors are the attacks that the rows of the tables have no tiny form of,
// by what is done.
func badVectors() map[string]attempt {
	trusted := func(do func(f *forger)) attempt {
		return attempt{tiny, func(f *forger) {
			beforeBranches(f)
			cut[*record.Confirmation](f)
			do(f)
		}}
	}
	opened := func(change func(*record.Opening)) attempt {
		return attempt{tiny, func(f *forger) {
			cut[*record.Units](f)
			edit(f, b101, 0, change)
			f.reclose(b101)
		}}
	}
	confirmed := func(change func(*record.Confirmation)) attempt {
		return attempt{tiny, func(f *forger) {
			beforeBranches(f)
			cut[*record.ElectionKey](f)
			edit(f, hq, 1, change)
		}}
	}
	return map[string]attempt{
		"a dealing is not the one that was fixed": trusted(func(f *forger) {
			edit(f, hq, 1, func(c *record.Commitment) { c.Hash[0] ^= 1 })
		}),
		"a trustee fixes what can be no dealing's hash": trusted(func(f *forger) {
			cut[*record.Dealing](f)
			edit(f, hq, 1, func(c *record.Commitment) { c.Hash = c.Hash[:31] })
		}),
		"a rogue key cancels the other, without a proof of possession": trusted(func(f *forger) {
			f.deal(1, func(own []group.Element) []group.Element {
				first := must(group.DecodeElement(nth[*record.Dealing](f, hq, 0).Commitments[:group.ElementSize]))
				own[0] = own[0].Sub(first)
				return own
			}, record.PossessionTag(f.id, f.def.Trustees[1].ID))
		}),
		"a proof of possession from another election": trusted(func(f *forger) {
			f.deal(1, func(own []group.Element) []group.Element { return own }, record.PossessionTag([32]byte{1}, f.def.Trustees[1].ID))
		}),
		"a commitment fewer than the quorum": trusted(func(f *forger) {
			f.deal(1, func(own []group.Element) []group.Element { return own[:1] }, record.PossessionTag(f.id, f.def.Trustees[1].ID))
		}),
		"a share fewer than there are trustees": trusted(func(f *forger) {
			edit(f, hq, 1, func(d *record.Dealing) { d.Shares = d.Shares[:1] })
		}),
		"a trustee confirms another key": confirmed(func(c *record.Confirmation) { c.Key = group.BaseMul(group.NewScalar(7)).Bytes() }),
		"a trustee confirms another verification key": confirmed(func(c *record.Confirmation) {
			c.Verification = group.BaseMul(group.NewScalar(7)).Bytes()
		}),
		"the share in the open does not fit the dealing: the ceremony has failed": trusted(func(f *forger) {
			f.logs[hq] = append(f.logs[hq], f.complaint(1, 0), f.disclosure(0, 1, another))
		}),
		"the branch is missing, and the units are fixed": {tiny, func(f *forger) {
			cut[*record.Canvass](f)
			delete(f.logs, b101)
		}},
		"a branch opened with ballots counted": opened(func(o *record.Opening) { o.Counts.CheckedIn, o.Counts.Cast = 3, 3 }),
		"another branch's opening":             opened(func(o *record.Opening) { o.Branch = "102" }),
		"a device of which nobody knows is committed": opened(func(o *record.Opening) {
			o.Devices = append(o.Devices, record.Committed{Device: "spare", Limit: 1, Root: make([]byte, 32)})
		}),
		"a device for more ballots than the definition allows": opened(func(o *record.Opening) { o.Devices[0].Limit = tinyLimit + 1 }),
		"a device is committed twice":                          opened(func(o *record.Opening) { o.Devices = append(o.Devices, o.Devices[0]) }),
		"a byte of a tile is flipped":                          {tiny, func(f *forger) { spoil(f, b101+"/tile/0/", flip(40)) }},
	}
}

// takenRows are the rows of the tables that are done to the tiny record too.
var takenRows = []string{
	"a file more at the top", "a blob that no entry names", "a branch that the definition does not have",
	"the definition is missing", "the list of statements is not the one that the canvass names", "B02 a byte of a blob is flipped",
	"B16 a mixer names its rows by a part of their hash",
	"the definition is not valid: one trustee more than there are must open", "B16 the definition is in another spelling",
	"B15 the first entry names another definition, which nobody shows", "headquarters' log is empty",
	"B15 the names of two candidates are exchanged, and all is signed for that", "another election was expected",
	"B17 there is nothing", "B04 the witness has not cosigned headquarters' log", "B04 the witness has not cosigned a branch's log",
	"E05 another branch's key signs a checkpoint", "B02 a byte of headquarters' checkpoint is flipped",
	"B02 a byte of the last entry is flipped", "B10 a bundle is truncated", "B10 a bundle has bytes after its entries",
	"a file more in headquarters' log", "B16 an empty entry",
	"B16 an entry of an unknown type", "B16 an entry in another spelling", "B16 an entry with bytes after it", "B16 nothing but zeros",
	"I07 a grant in the name of another office", "a key that nobody knows signs for headquarters", "A10 an entry was signed for another election",
	"A10 an entry was signed for another log", "A20 a second signature of the same bytes", "a device of another branch seals a ballot",
	"two definitions", "a trustee fixes two dealings", "I06 the key is published before every trustee confirmed it",
	"headquarters took in a branch that is not there",
	"headquarters publishes a key of its own", "A15 headquarters exchanges two verification keys", "headquarters publishes a key of its own, which all confirm",
	"a device has the key of an officer", "a device is granted twice", "a grant for a trustee", "A20 a key of small order, for which anybody can sign",
	"A20 a key that is no point of the curve",
	"D11 a ballot of another style", "B15 a ballot without its contest", "B01 the number of a ballot is left out",
	"a device beyond the limit of its commitment",
	"A09 rows of two ballots are exchanged", "A08 the proof of another ballot", "A07 another vote in the place of one, the proof kept",
	"A10 a ballot sealed for another branch", "A06 a row that is the identity", "A06 a row that is not on the curve", "A06 a row with the other sign",
	"A06 a scalar of the proof that is not below the order", "A01 a byte of the proof is changed",
	"B12 the same entry twice", "A08 a copy under a new number", "B18 two ballots of one number",
	"D01 a sealed ballot has no ending", "a ballot is cast twice", "a spoiled ballot is cast", "B18 an ending with the code of another ballot",
	"D07 the device reveals another vote than it sealed", "the device reveals other blanks than it sealed", "the device reveals another seed",
	"the path leads elsewhere", "the path is cut short",
	"B03 a ballot after the close", "F08 one more cast is stated", "C04 more cast than voters checked in", "the close names another tree",
	"B04 a branch shows headquarters another log than it publishes", "headquarters goes back in what it took in",
	"headquarters took in a checkpoint that the branch did not sign", "headquarters fixed the units with less than the branch publishes",
	"F08 a unit has one ballot more", "B16 a byte follows the list of units", "the list of units is said to be a list of statements",
	"H06 a branch sends more after the units are fixed",
	"a mixer says that it mixes other votes", "the second mixer starts from the ballots again", "one mixer has both turns",
	"A02 a mixer adds one to a vote", "A02 a mixer counts one row twice and drops another", "A02 a mixer exchanges two rows after the proof",
	"A06 a mixer puts the identity into a row", "A02 a proof under the generators of another unit",
	"A15 a share less than rows", "A16 a trustee opens twice", "F01 a trustee opens before the last mixer is done", "H04 one mixer mixed, and the unit is opened",
	"A15 a share is changed by one vote", "A15 two shares are exchanged", "A15 the shares of another trustee", "A10 a proof for another unit",
	"A03 a proof about the rows before the last mixer",
	"F03 nobody opened, and there is a tally", "F01 a tally comes before a quorum has opened the unit",
	"F08 a tally has one vote more", "F08 a tally has one ballot more", "B12 a unit is tallied twice",
	"F08 the canvass has one ballot more", "F07 the canvass has one blank less", "B14 the canvass leaves a branch out",
	"the canvass names an exception that there was not",
	"a question that the law does not leave open", "a question is not on the record", "a question is on the record twice",
	"F06 a ruling names somebody who is not tied", "F06 a lot without a seed", "F06 a lot on another canvass",
	"F10 one person more is elected", "F10 the result rests on another canvass", "a result while a question is open",
	"F10 the result hides the lot that it rests on", "F10 the result names the loser of the lot",
	"B03 a ballot is sealed in a pause", "a branch pauses in a pause", "a branch goes on that had not paused",
	"a pause for a reason that there is not", "another branch's extension",
	"C09 a branch extends voting by itself", "a branch follows one order twice", "C09 an order until an hour that the day does not have",
	"an order names a branch twice", "an order for a branch that there is not", "an order twice", "I07 headquarters alone extends voting",
	"I07 one officer extends voting", "I07 two officers cast a ballot", "I07 two officers spoil a ballot of a device at work",
	"E05 a device that nobody granted is enrolled", "E05 a device is enrolled again after it was lost", "a device votes before it is enrolled",
	"E05 a lost device seals a ballot", "E05 a lost device spoils the ballot that waited", "E05 a lost device reveals a ballot",
	"a device is retired twice", "B03 voting is extended after the close",
	"F10 a result is corrected without a reason", "F10 a result is corrected by no article", "a correction changes nothing",
	"a correction of a result that is corrected already", "F10 a correction hides the ruling that it rests on",
	"F06 the ruling comes after the correction that rests on it", "F06 a lot is drawn again after the result",
	"F10 another result, and no correction", "a correction before the result", "I07 headquarters alone corrects a result",
}

// TestVectors verifies the records of spec/vectors/record against their index:
// each has the status, the phase and the states of checks that it says. With
// -update it makes them anew.
func TestVectors(t *testing.T) {
	if *update {
		makeVectors(t)
	}
	data, err := os.ReadFile(filepath.Join(vectorsDir, "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	var index []vector
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{"index.json": true}
	passes, refuses := map[string]int{}, map[string]int{}
	size := 0
	for _, v := range index {
		listed[filepath.FromSlash(v.File)] = true
		zipped, err := os.ReadFile(filepath.Join(vectorsDir, filepath.FromSlash(v.File)))
		if err != nil {
			t.Fatal(err)
		}
		size += len(zipped)
		got, r := describe(t, zipped, v.Election)
		got.File, got.Done = v.File, v.Done
		if fmt.Sprint(got) != fmt.Sprint(v) {
			t.Errorf("%s: it is\n%+v, and the index says\n%+v\n%s", v.File, got, v, found(r))
		}
		for _, c := range r.Checks {
			switch {
			case v.Status == "verified" && c.State == report.Pass:
				passes[c.ID]++
			case c.State == report.Fail || c.State == report.Missing:
				refuses[c.ID]++
			}
		}
		if good := strings.HasPrefix(v.File, "good/"); good != (v.Status == "verified") {
			t.Errorf("%s is %s", v.File, v.Status)
		}
	}
	for _, id := range report.IDs() {
		if passes[id] == 0 {
			t.Errorf("%s passes in no good record", id)
		}
		if exempt := slices.Contains(without, id); exempt != (refuses[id] == 0) {
			t.Errorf("%s refuses %d bad records", id, refuses[id])
		}
	}
	if size > 3<<20 {
		t.Errorf("the records have %d bytes", size)
	}
	err = filepath.WalkDir(vectorsDir, func(path string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(vectorsDir, path); err == nil && !d.IsDir() && !listed[rel] {
			t.Errorf("the index does not list %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// describe verifies a zipped record.
func describe(t *testing.T, zipped []byte, election string) (vector, *report.Report) {
	t.Helper()
	expect, err := hex.DecodeString(election)
	if err != nil || len(expect) != 32 {
		t.Fatalf("the election %q is not 32 bytes in hex", election)
	}
	z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	r, _ := verify.Record(context.Background(), z, verify.Options{Election: (*[32]byte)(expect)})
	v := vector{Election: election, Status: string(r.Status), Phase: string(r.Phase), Checks: []checkState{}}
	for _, c := range r.Checks {
		if c.State != report.Pass {
			v.Checks = append(v.Checks, checkState{c.ID, c.State})
		}
	}
	return v, r
}

// makeVectors makes the records and their index.
func makeVectors(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(vectorsDir); err != nil {
		t.Fatal(err)
	}
	var index []vector
	number := map[string]int{}
	add := func(folder, done string, f *forger, files fs.FS) vector {
		zipped := pack(t, files)
		if len(zipped) > 50_000 {
			t.Errorf("%s: %d bytes", done, len(zipped))
		}
		v, _ := describe(t, zipped, hex.EncodeToString(f.expect[:]))
		first := v.Phase
		if folder == "bad" {
			for i, state := range []report.State{report.Fail, report.Missing} {
				if j := slices.IndexFunc(v.Checks, func(c checkState) bool { return c.State == state }); j >= 0 && (i == 0 || first == v.Phase) {
					first = v.Checks[j].ID
				}
			}
		}
		number[first]++
		v.File, v.Done = fmt.Sprintf("%s/%s-%02d.zip", folder, first, number[first]), done
		path := filepath.Join(vectorsDir, filepath.FromSlash(v.File))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, zipped, 0o644); err != nil {
			t.Fatal(err)
		}
		index = append(index, v)
		return v
	}
	attempts := func(folder string, all map[string]attempt) {
		for _, done := range slices.Sorted(maps.Keys(all)) {
			f := all[done].from().forger()
			all[done].do(f)
			add(folder, done, f, f.publish())
		}
	}
	attempts("good", goodVectors())
	attempts("bad", badVectors())
	for _, name := range takenRows {
		n := 0
		for _, tb := range tables() {
			for _, row := range tb.rows {
				if row.name != name || n > 0 {
					continue
				}
				n++
				from := map[*loot]func() *loot{good(): tiny, tied(): tinyTied, eventful(): tinyEventful, corrected(): tinyCorrected}[tb.from()]
				f, _, files := table{from, nil}.forge(row)
				want := strings.Fields(row.checks)
				slices.Sort(want)
				if v := add("bad", name, f, files); !slices.Equal(refusing(v), want) {
					t.Errorf("%s: %s refuse the tiny record, and %s the other", name, refusing(v), want)
				}
			}
		}
		if n == 0 {
			t.Errorf("no row is %q", name)
		}
	}
	slices.SortFunc(index, func(a, b vector) int { return strings.Compare(a.File, b.File) })
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(index); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(vectorsDir, "index.json"), out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// refusing returns the checks that fail or miss something.
func refusing(v vector) (ids []string) {
	for _, c := range v.Checks {
		if c.State != report.NotDue {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// pack zips files in the order of their names, without dates.
func pack(t *testing.T, files fs.FS) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err != nil {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// TestVerifyYourself: the records that doc/verify-yourself.md names are there,
// and it names a record of every check that has one.
func TestVerifyYourself(t *testing.T) {
	page, err := os.ReadFile("../doc/verify-yourself.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`((?:good|bad)/[^`]+\\.zip)`(?: to `((?:good|bad)/[^`]+\\.zip)`)?").FindAllStringSubmatch(string(page), -1) {
		for _, pattern := range m[1:] {
			if files, err := filepath.Glob(filepath.Join(vectorsDir, pattern)); pattern != "" && (err != nil || len(files) == 0) {
				t.Errorf("there is no %s", pattern)
			}
		}
		from, _ := strings.CutPrefix(m[1], "bad/")
		to, _ := strings.CutPrefix(m[2], "bad/")
		for _, id := range report.IDs() {
			if strings.HasPrefix(from, id) || to != "" && id >= from[:4] && id <= to[:4] {
				named[id] = true
			}
		}
	}
	for _, id := range report.IDs() {
		if !named[id] && !slices.Contains(without, id) {
			t.Errorf("no record is named for %s", id)
		}
	}
}
