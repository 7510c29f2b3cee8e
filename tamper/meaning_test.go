package tamper_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sandogh/sandogh/board"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/record"
)

// What a record may say otherwise and still be a true one, judged without
// package verify. A mutant that verifies must be explained by this file alone:
//
//   - It says less: entries are missing on which nothing that is there rests, so
//     that it is an earlier state of the same election.
//   - It says the same in another order that R21 and R22 allow.
//   - A field of free has another value: one of which the one who signs it is the
//     only witness, or on which nothing that is on the record rests.
//   - It names by its hash what has changed in one of these ways.

// free are the fields that may have another value, by kind and place in the
// body, and which.
var free = []struct {
	field *regexp.Regexp
	why   string
	may   func(m *mutant, p *piece, a, b *tree) bool
}{
	{regexp.MustCompile(`^commitment\.1$`), "a commitment to a dealing that was never shown", func(m *mutant, p *piece, _, b *tree) bool {
		return b.major == 2 && len(b.b) == 32 && m.dealing(p) == nil
	}},
	{regexp.MustCompile(`^commitment\.1$`), "a commitment that follows", func(m *mutant, p *piece, _, b *tree) bool {
		h, ok := m.dealt(p)
		return ok && bytes.Equal(b.b, h[:])
	}},
	{regexp.MustCompile(`^dealing\.1$`), "coefficients but the first, before anybody has confirmed", func(m *mutant, _ *piece, a, b *tree) bool {
		c, err := threshold.DecodeCommitments(b.b, m.def.Quorum)
		return err == nil && bytes.Equal(c[0].Bytes(), a.b[:group.ElementSize]) && !m.has(func(p *piece) bool { return p.kind() == "confirmation" })
	}},
	{regexp.MustCompile(`^dealing\.3\.\d+$`), "a share that only its receiver can read", func(_ *mutant, _ *piece, _, b *tree) bool {
		return b.major == 2
	}},
	{regexp.MustCompile(`^(opening\.1\.\d+|enrol\.1)\.1$`), "a device's limit", func(m *mutant, p *piece, _, b *tree) bool {
		device := deviceAt(p, b)
		return b.major == 0 && b.n <= uint64(m.def.MaxBallotsPerDevice) && b.n > 0 && b.n >= m.sealed(device)
	}},
	{regexp.MustCompile(`^(opening\.1\.\d+|enrol\.1)\.2$`), "seeds that no challenge asked for", func(m *mutant, p *piece, _, b *tree) bool {
		device := deviceAt(p, b)
		return b.major == 2 && len(b.b) == 32 && !m.has(func(c *piece) bool { return c.kind() == "challenged" && c.field(0).equal(device) })
	}},
	{regexp.MustCompile(`^opening\.1$`), "a device that was never used", func(m *mutant, _ *piece, a, b *tree) bool {
		seen := map[string]bool{}
		for _, d := range b.kids {
			if d.major != 4 || len(d.kids) != 3 || seen[string(d.kids[0].b)] {
				return false
			}
			seen[string(d.kids[0].b)] = true
			for _, was := range a.kids {
				if was.kids[0].equal(d.kids[0]) && !was.equal(d) {
					return false
				}
			}
		}
		return len(b.kids) > 0 && !m.has(func(s *piece) bool {
			return s.kind() == "sealed" && !seen[string(s.field(0).b)] && !m.enrols(s.field(0))
		})
	}},
	{regexp.MustCompile(`^enrol\.1\.0$`), "another spare device, and none of it is used", func(m *mutant, _ *piece, a, b *tree) bool {
		return b.major == 3 && m.granted("device", b) && !m.has(func(s *piece) bool { return s.kind() == "sealed" && s.field(0).equal(a) })
	}},
	{regexp.MustCompile(`^pause\.1$`), "another reason to pause", func(_ *mutant, _ *piece, _, b *tree) bool {
		return b.major == 3 && slices.Contains(record.PauseReasons(), string(b.b))
	}},
	{regexp.MustCompile(`^retire\.1$`), "another device retired, which sameBranch looks at", func(_ *mutant, _ *piece, _, b *tree) bool {
		return b.major == 3
	}},
	{regexp.MustCompile(`^retire\.2$`), "another reason to retire", func(_ *mutant, _ *piece, _, b *tree) bool {
		return b.major == 3 && slices.Contains(record.RetireReasons(), string(b.b))
	}},
	{regexp.MustCompile(`^extension-order\.0$`), "an order for others or all, which the branch may still follow", func(m *mutant, _ *piece, _, b *tree) bool {
		for _, id := range b.kids { // the election has one branch
			if id.major != 3 || string(id.b) != "101" || len(b.kids) > 1 {
				return false
			}
		}
		return b.major == 4
	}},
	{regexp.MustCompile(`^extension-order\.1$`), "an order until another hour", func(_ *mutant, _ *piece, _, b *tree) bool {
		t, err := time.Parse("15:04", string(b.b))
		return b.major == 3 && (string(b.b) == "24:00" || err == nil && t.Format("15:04") == string(b.b))
	}},
	{regexp.MustCompile(`^(extension-order|correction)\.[23]$`), "why something was ordered or corrected", func(_ *mutant, _ *piece, _, b *tree) bool {
		return b.major == 3 && len(b.b) > 0
	}},
	{regexp.MustCompile(`^ruling\.[45]$`), "why something was ruled", func(_ *mutant, _ *piece, _, b *tree) bool {
		return b.major == 3 && len(b.b) > 0
	}},
	{regexp.MustCompile(`^ruling\.2\.\d+$`), "the other order, before it is certified or with who is elected by it", func(m *mutant, p *piece, _, _ *tree) bool {
		sorted := func(t *tree) (ids []string) {
			for _, id := range t.kids {
				ids = append(ids, string(id.encode(nil)))
			}
			slices.Sort(ids)
			return ids
		}
		return slices.Equal(sorted(p.field(2)), sorted(p.was.field(2))) && !m.has(func(c *piece) bool {
			return c.kind() == "correction" && !c.field(1).kids[3].kids[0].equal(p.field(2).kids[0])
		})
	}},
	{regexp.MustCompile(`^correction\.1\.3\.0$`), "who is elected by the other order", func(m *mutant, _ *piece, _, b *tree) bool {
		return m.has(func(p *piece) bool { return p.kind() == "ruling" && p.field(2).kids[0].equal(b) })
	}},
	{regexp.MustCompile(`^result\.[1-5]`), "a result that was replaced", func(m *mutant, _ *piece, _, _ *tree) bool {
		return m.hasKind("correction")
	}},
	{regexp.MustCompile(`^close\.3\.0$`), "the number of voters checked in", func(_ *mutant, p *piece, _, b *tree) bool {
		return b.major == 0 && b.n >= p.field(3).kids[1].n
	}},
	{regexp.MustCompile(`^close\.([12]|3\.[123])$`), "a close that follows", func(m *mutant, p *piece, _, _ *tree) bool {
		i := slices.Index(m.logs[b101], p)
		root, counts := rootOf(leaves(m.entries(b101)[:i])), m.counts(m.logs[b101][:i])
		return p.field(1).n == uint64(i) && bytes.Equal(p.field(2).b, root[:]) && p.field(3).kids[1].n == counts[1] &&
			p.field(3).kids[2].n == counts[2] && p.field(3).kids[3].n == counts[3]
	}},
	{regexp.MustCompile(`^head\.1$`), "a head that follows", func(m *mutant, _ *piece, _, b *tree) bool {
		w := m.def.Witnesses[0]
		c, err := board.ParseCheckpoint(b.b, m.origin(b101), m.def.Branches[0].LogKey.Ed25519(), []board.Witness{{Name: w.Name, Key: w.Key.Ed25519()}})
		entries := m.entries(b101)
		return err == nil && c.Size <= uint64(len(entries)) && c.Root == rootOf(leaves(entries[:c.Size]))
	}},
	{regexp.MustCompile(`^grant\.[0-4]$`), "a grant that nobody uses", func(m *mutant, p *piece, _, _ *tree) bool {
		return !m.used(p.was) && !m.used(p)
	}},
	{regexp.MustCompile(`^lot\.2$`), "a seed that draws the same order", func(m *mutant, _ *piece, a, b *tree) bool {
		var between []string
		for _, id := range m.was("question").field(4).kids {
			between = append(between, string(id.b))
		}
		same := slices.Equal(record.LotOrder(string(a.b), between), record.LotOrder(string(b.b), between))
		return b.major == 3 && len(b.b) > 0 && (same || !m.hasKind("result") || m.hasKind("correction"))
	}},
	{regexp.MustCompile(`^lot\.3$`), "where the seed of a lot came from", func(_ *mutant, _ *piece, _, b *tree) bool {
		return b.major == 3 && len(b.b) > 0
	}},
}

// rank is the order of headquarters' entries by R21; the tiny election has one
// unit. Grants and orders to extend may stand anywhere.
var rank = map[string]int{"definition": 1, "commitment": 2, "dealing": 3, "confirmation": 4, "election-key": 5, "head": 6, "units": 7,
	"shuffle": 10, "shares": 20, "tally": 21, "canvass": 22, "question": 23, "lot": 24, "result": 25, "ruling": 26, "correction": 27}

// rankOf returns where an entry stands in the order, after those of the rank
// highest. A ruling in the place of the lot may stand where that one stood or
// after the result, and a result that a correction has replaced, before the lot.
func (m *mutant) rankOf(p *piece, highest int) int {
	switch {
	case p.kind() == "shuffle":
		return rank["shuffle"] + int(p.field(3).n%8)
	case p.kind() == "ruling" && !m.hasKind("lot"):
		return min(max(highest, rank["lot"]), rank["ruling"])
	case p.kind() == "result" && m.hasKind("correction"):
		return min(max(highest, rank["lot"]), rank["ruling"])
	}
	return rank[p.kind()]
}

// rests reports whether something that is there rests on an entry that is not.
func (m *mutant) rests(missing *piece, highest int) bool {
	switch missing.kind() {
	case "grant":
		return m.used(missing)
	case "extension-order":
		return m.hasKind("extension")
	case "lot": // a ruling may answer instead, and a correction puts the result right
		return m.hasKind("result") && !m.hasKind("correction")
	case "result":
		return m.hasKind("correction") || m.hasKind("ruling") && m.hasKind("lot")
	}
	return m.rankOf(missing, highest) < highest
}

func (m *mutant) hasKind(kind string) bool {
	return m.has(func(p *piece) bool { return p.kind() == kind })
}

// enrols reports whether the branch has enrolled the device.
func (m *mutant) enrols(device *tree) bool {
	return m.has(func(p *piece) bool { return p.kind() == "enrol" && p.field(1).kids[0].equal(device) })
}

// granted reports whether somebody is granted to the branch.
func (m *mutant) granted(what string, id *tree) bool {
	return m.has(func(p *piece) bool {
		return p.kind() == "grant" && string(p.field(1).b) == what && p.field(2).equal(id)
	})
}

// has reports whether an entry is on the record.
func (m *mutant) has(is func(p *piece) bool) bool {
	return slices.ContainsFunc(m.logs[hq], is) || slices.ContainsFunc(m.logs[b101], is)
}

// sealed returns how many ballots a device has sealed.
func (m *mutant) sealed(device *tree) (n uint64) {
	for _, p := range m.logs[b101] {
		if p.kind() == "sealed" && p.field(0).equal(device) {
			n++
		}
	}
	return n
}

// deviceAt returns the device of which the opening says b.
func deviceAt(p *piece, b *tree) *tree {
	for _, d := range slices.Concat(p.field(1).kids, []*tree{p.field(1)}) { // of an opening, or an enrolment
		if slices.Contains(d.kids, b) {
			return d.kids[0]
		}
	}
	return &tree{}
}

// used reports whether an entry of the branch is signed, or its opening made, by
// whom the grant makes valid.
func (m *mutant) used(grant *piece) bool {
	by := string(grant.field(1).b) + "/" + string(grant.field(2).b)
	return slices.ContainsFunc(m.logs[b101], func(p *piece) bool {
		for _, s := range p.kids[2].kids {
			if string(s.kids[0].b) == by {
				return true
			}
		}
		return p.kind() == "enrol" && "device/"+string(p.field(1).kids[0].b) == by ||
			p.kind() == "opening" && slices.ContainsFunc(p.field(1).kids, func(d *tree) bool { return "device/"+string(d.kids[0].b) == by })
	})
}

// equivalent says why a mutant is a true record of the same election, or that it
// is not one.
func (m *mutant) equivalent() (string, error) {
	why := map[string]bool{}
	for _, check := range []func(map[string]bool) error{m.sameHeadquarters, m.sameBranch, m.sameFields} {
		if err := check(why); err != nil {
			return "", err
		}
	}
	if len(why) == 0 {
		return "nothing has changed", nil
	}
	return strings.Join(slices.Sorted(maps.Keys(why)), "; "), nil
}

func (m *mutant) sameHeadquarters(why map[string]bool) error {
	seen := map[*piece]bool{}
	highest, last := 0, 0
	for i, p := range m.logs[hq] {
		switch {
		case p.was == nil && p.kind() == "grant" && !m.used(p):
			why["a grant that nobody uses"] = true
			continue
		case p.was == nil && p.kind() == "commitment" && m.alone(p) && m.dealing(p) == nil && len(p.field(1).b) == 32 && highest <= rank["commitment"]:
			why["a commitment to a dealing that was never shown"] = true
			continue
		case p.was == nil:
			return fmt.Errorf("%s of another election is in headquarters' log", p.kind())
		case seen[p.was] && p.kind() != "head":
			return fmt.Errorf("%s is there twice", p.kind())
		case (p.kind() == "grant" || p.kind() == "extension-order") && i > 0:
		case m.rankOf(p, highest) < highest || rank[p.kind()] == 0:
			return fmt.Errorf("%s stands too late", p.kind())
		default:
			highest = m.rankOf(p, highest)
		}
		if seen[p.was] {
			why["the same head twice"] = true
		}
		seen[p.was] = true
		if at := slices.Index(m.stock.pieces[hq], p.was); at < last {
			why["another order"] = true
		} else {
			last = at
		}
	}
	for _, p := range m.stock.pieces[hq] {
		if seen[p] {
			continue
		}
		if m.rests(p, highest) {
			return fmt.Errorf("%s is not there, and something rests on it", p.kind())
		}
		why["less"] = true
	}
	return nil
}

// alone reports whether a trustee has fixed nothing else.
func (m *mutant) alone(commitment *piece) bool {
	return !slices.ContainsFunc(m.logs[hq], func(p *piece) bool {
		return p != commitment && p.kind() == "commitment" && p.field(0).equal(commitment.field(0))
	})
}

func (m *mutant) sameBranch(why map[string]bool) error {
	type ballot struct {
		device string
		number uint64
	}
	pieces, good := m.logs[b101], m.stock.pieces[b101]
	next := map[string]uint64{}
	open := map[ballot]bool{}
	closed, paused := false, false
	devices := map[string]string{} // "at work" or "retired"
	seen := map[*piece]bool{}
	for i, p := range pieces {
		if p.was == nil || seen[p.was] && p.kind() != "pause" && p.kind() != "resume" {
			return fmt.Errorf("%s of the branch is there twice, or of another election", p.kind())
		}
		if seen[p.was] {
			why["another pause"] = true
		}
		seen[p.was] = true
		if (p.kind() == "opening") != (i == 0) || closed {
			return fmt.Errorf("%s stands as entry %d", p.kind(), i)
		}
		switch p.kind() {
		case "sealed":
			device := string(p.field(0).b)
			if p.field(1).n != next[device] {
				return fmt.Errorf("ballot %s %d is not the next", device, p.field(1).n)
			}
			if paused || devices[device] != "at work" {
				return fmt.Errorf("ballot %s %d is sealed in a pause, or by a device that is %q", device, p.field(1).n, devices[device])
			}
			next[device]++
			open[ballot{device, p.field(1).n}] = true
		case "cast", "spoiled", "challenged":
			b := ballot{string(p.field(0).b), p.field(1).n}
			if !open[b] {
				return fmt.Errorf("ballot %v ends without being open", b)
			}
			delete(open, b)
			officers := strings.HasPrefix(string(p.kids[2].kids[0].kids[0].b), "officer/")
			if officers != (devices[b.device] == "retired") || officers && p.kind() != "spoiled" {
				return fmt.Errorf("ballot %v of a device %s is ended by others", b, devices[b.device])
			}
		case "opening":
			for _, d := range p.field(1).kids {
				devices[string(d.kids[0].b)] = "at work"
			}
		case "enrol":
			device := string(p.field(1).kids[0].b)
			if devices[device] != "" {
				return fmt.Errorf("device %s is enrolled and %s", device, devices[device])
			}
			devices[device] = "at work"
		case "retire":
			device := string(p.field(1).b)
			if devices[device] != "at work" {
				return fmt.Errorf("device %s is retired and %q", device, devices[device])
			}
			devices[device] = "retired"
		case "pause", "resume":
			if paused == (p.kind() == "pause") {
				return fmt.Errorf("a %s out of turn", p.kind())
			}
			paused = !paused
		case "extension":
			if !m.isThere(p.field(1).b) {
				return fmt.Errorf("the branch follows an order that is not there")
			}
		case "close":
			closed = true
		}
		if i > 0 && slices.Index(good, p.was) < slices.Index(good, pieces[i-1].was) {
			why["another order"] = true
		}
	}
	if closed && len(open) > 0 {
		return fmt.Errorf("%d ballots have no ending", len(open))
	}
	if slices.ContainsFunc(good, func(p *piece) bool { return !seen[p] }) {
		why["less"] = true
	}
	// What is on the record of headquarters binds the branch: the units the number
	// of ballots cast, the first shuffle which and in which order, the canvass all
	// that the branch stated.
	cast, was := m.cast(pieces), m.cast(good)
	if m.hasKind("units") && len(cast) != len(was) || m.hasKind("shuffle") && !slices.Equal(cast, was) ||
		m.hasKind("canvass") && (m.counts(pieces) != m.counts(good) || !closed) {
		return fmt.Errorf("headquarters has counted with other ballots of the branch")
	}
	return nil
}

// cast returns the sealed ballots that were cast, in their order.
func (m *mutant) cast(pieces []*piece) (out []*piece) {
	for _, s := range pieces {
		if s.kind() == "sealed" && slices.ContainsFunc(pieces, func(p *piece) bool {
			return p.kind() == "cast" && p.field(0).equal(s.field(0)) && p.field(1).equal(s.field(1))
		}) {
			out = append(out, s.was)
		}
	}
	return out
}

func (m *mutant) sameFields(why map[string]bool) (err error) {
	for log := range m.logs {
		for _, p := range m.logs[log] {
			if p.was == p || p.was == nil {
				continue
			}
			if kinds := p.was.kind() + " is now " + p.kind(); p.was.kind() != p.kind() {
				if kinds != "cast is now spoiled" && kinds != "spoiled is now cast" {
					return fmt.Errorf("%s", kinds)
				}
				why["another ending, before the ballot is mixed"] = true
			}
			if len(p.kids) != 3 {
				return fmt.Errorf("%s has %d parts", p.kind(), len(p.kids))
			}
			a, b := p.was.kids[1], p.kids[1]
			if p.kind() == "opening" {
				a, b = byDevice(a), byDevice(b)
			}
			differ(p.kind(), a, b, func(path string, a, b *tree) {
				if is := m.renamed[string(a.b)]; is != nil && bytes.Equal(is, b.b) && m.isThere(is) {
					why["the hash of what has changed"] = true
					return
				}
				for _, f := range free {
					if f.field.MatchString(path) && f.may(m, p, a, b) {
						why[f.why] = true
						return
					}
				}
				err = fmt.Errorf("%s is %.100x, was %.100x", path, b.encode(nil), a.encode(nil))
			})
			differ("", p.was.kids[2], p.kids[2], func(path string, _, b *tree) {
				if !strings.HasSuffix(path, ".1") && p.kind() != "grant" { // a signature, whose bytes follow
					err = fmt.Errorf("%s is signed by others: %.100x", p.kind(), b.encode(nil))
				}
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// isThere reports whether an entry has the hash; what is wrong with it, if it has
// changed, is for the rules of its fields.
func (m *mutant) isThere(hash []byte) bool {
	for log := range m.logs {
		for _, p := range m.logs[log] {
			if h := sha256.Sum256(p.data); bytes.Equal(h[:], hash) {
				return true
			}
		}
	}
	return false
}

// byDevice returns an opening with its devices in the order of their ids, which
// means the same.
func byDevice(opening *tree) *tree {
	sorted := *opening
	sorted.kids = slices.Clone(opening.kids)
	devices := *opening.kids[1]
	devices.kids = slices.Clone(devices.kids)
	slices.SortFunc(devices.kids, func(a, b *tree) int { return bytes.Compare(a.encode(nil), b.encode(nil)) })
	sorted.kids[1] = &devices
	return &sorted
}
