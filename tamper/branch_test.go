package tamper_test

import (
	"bytes"
	"crypto/sha256"
	"testing"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/record"
)

// TestBallots: devices that seal what no voter chose, or what nobody may choose.
func TestBallots(t *testing.T) { ballots().try(t) }

func ballots() table {
	stuffed := func(f *forger, s *record.Sealed) where { return castIn(f, b101, s) }
	fresh := func(f *forger) *record.Sealed { return f.seal(b101, "b1-device1", 1, 2) }
	random := func() []group.Scalar { return []group.Scalar{group.RandomScalar(), group.RandomScalar()} }
	altered := func(f *forger, n int, change func(*record.Sealed)) where {
		cut[*record.Units](f)
		return entry(b101, f.alter(b101, n, change))
	}
	return table{good, []row{
		{"B01 the number of a ballot is left out", "V022 V025 V027", "", func(f *forger) where {
			s := fresh(f)
			s.Number++
			f.sealWith(b101, s, [32]byte{1}, 1, 2)
			return stuffed(f, s)
		}},
		{"B18 two ballots of one number", "V024 V025 V027", "", func(f *forger) where {
			s := fresh(f)
			s.Number--
			f.sealWith(b101, s, [32]byte{1}, 1, 2)
			return stuffed(f, s)
		}},
		{"B12 the same entry twice", "V024", "", func(f *forger) where {
			cut[*record.Units](f)
			i := indices[*record.Close](f, b101)[0]
			f.insert(b101, i, f.logs[b101][1])
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"a device beyond the limit of its commitment", "V022 V025 V027", "", func(f *forger) where {
			device := ""
			edit(f, b101, 0, func(o *record.Opening) {
				for i := range o.Devices { // with another limit a challenge of its ballots fails too
					if d := &o.Devices[i]; device == "" && d.Device != nth[*record.Challenged](f, b101, 0).Device {
						device, d.Limit = d.Device, f.next(b101, d.Device)
					}
				}
			})
			return stuffed(f, f.seal(b101, device, 1, 2))
		}},
		{"a device of the branch that was not committed at opening", "V022 V025 V027", "", func(f *forger) where {
			edit(f, b103, 0, func(o *record.Opening) { o.Devices = o.Devices[:1] })
			return castIn(f, b103, f.seal(b103, "b3-device2", 1, 2))
		}},
		{"D11 a ballot of another style", "V022", "", func(f *forger) where {
			s := fresh(f)
			s.Style = "other"
			f.sealWith(b101, s, [32]byte{1}, 1, 2)
			return stuffed(f, s)
		}},
		{"B15 a ballot without its contest", "V022", "", func(f *forger) where {
			s := fresh(f)
			s.Contests = nil
			return stuffed(f, s)
		}},
		{"B15 a ballot with its contest twice", "V022", "", func(f *forger) where {
			s := fresh(f)
			s.Contests = append(s.Contests, s.Contests[0])
			return stuffed(f, s)
		}},
		{"B15 a ballot of another contest", "V022", "", func(f *forger) where {
			s := fresh(f)
			s.Contests[0].Contest = "mayor"
			return stuffed(f, s)
		}},

		{"A09 the rows of a ballot are exchanged", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) {
				r := s.Contests[0].Rows
				s.Contests[0].Rows = append(bytes.Clone(r[elgamal.Size:]), r[:elgamal.Size]...)
			})
		}},
		{"A09 rows of two ballots are exchanged", "V023", "", func(f *forger) where {
			var row []byte
			altered(f, 0, func(s *record.Sealed) { row = bytes.Clone(s.Contests[0].Rows[:elgamal.Size]) })
			var other []byte
			altered(f, 2, func(s *record.Sealed) {
				other = bytes.Clone(s.Contests[0].Rows[:elgamal.Size])
				copy(s.Contests[0].Rows, row)
			})
			return altered(f, 0, func(s *record.Sealed) { copy(s.Contests[0].Rows, other) })
		}},
		{"A08 the proof of another ballot", "V023", "", func(f *forger) where {
			p := nth[*record.Sealed](f, b101, 2).Contests[0].Proof
			return altered(f, 0, func(s *record.Sealed) { s.Contests[0].Proof = p })
		}},
		{"A07 another vote in the place of one, the proof kept", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) { s.Contests[0].Rows = f.shift(s.Contests[0].Rows, 0) })
		}},
		{"A07 two votes for one candidate", "V023", "", func(f *forger) where {
			s := fresh(f)
			f.sealRows(b101, s, random(), 2, 2)
			return stuffed(f, s)
		}},
		{"A07 a vote for a code that is not there", "V023", "", func(f *forger) where {
			s := fresh(f)
			f.sealRows(b101, s, random(), 2, 8)
			return stuffed(f, s)
		}},
		{"A07 a vote for candidate 0", "V023", "", func(f *forger) where {
			s := fresh(f)
			f.sealRows(b101, s, random(), 0, 2)
			return stuffed(f, s)
		}},
		{"A07 a row more than the voter has", "V023", "", func(f *forger) where {
			s := fresh(f)
			other := f.seal(b101, "b1-device1", 3)
			s.Contests[0].Rows = append(s.Contests[0].Rows, other.Contests[0].Rows[:elgamal.Size]...)
			return stuffed(f, s)
		}},
		{"A08 a copy under a new number", "V024 V023", "", func(f *forger) where {
			s := fresh(f)
			s.Contests = nth[*record.Sealed](f, b101, 0).Contests
			return stuffed(f, s)
		}},
		{"A08 a copy in another branch", "V024 V023", "", func(f *forger) where {
			s := f.seal(b104, "b4-device1", 1)
			s.Contests = nth[*record.Sealed](f, b101, 0).Contests
			castIn(f, b104, s)
			return anywhere // branches are read side by side: the second one read has the copy
		}},
		{"A08 a copy encrypted anew", "V023", "", func(f *forger) where {
			s := fresh(f)
			from := nth[*record.Sealed](f, b101, 0).Contests[0]
			s.Contests[0].Rows, s.Contests[0].Proof = nil, from.Proof
			for _, c := range must(elgamal.Decode(from.Rows, 2)) {
				s.Contests[0].Rows = f.key.Reencrypt(c, group.RandomScalar()).AppendBytes(s.Contests[0].Rows)
			}
			return stuffed(f, s)
		}},
		{"A11 two ballots with the same randomness, each properly proved", "V024", "", func(f *forger) where {
			r := random()
			s := fresh(f)
			f.sealRows(b101, s, r, 1, 3)
			stuffed(f, s)
			s = fresh(f)
			f.sealRows(b101, s, r, 2, 5)
			return stuffed(f, s)
		}},
		{"A11 two rows of a ballot with the same randomness", "V024", "", func(f *forger) where {
			r := group.RandomScalar()
			s := fresh(f)
			f.sealRows(b101, s, []group.Scalar{r, r}, 1, 3)
			return stuffed(f, s)
		}},
		{"A10 a ballot sealed for another election", "V023", "", func(f *forger) where {
			s := fresh(f)
			id := f.id
			f.id[0] ^= 1
			f.sealWith(b101, s, [32]byte{1}, 1, 2)
			f.id = id
			return stuffed(f, s)
		}},
		{"A10 a ballot sealed for another branch", "V023", "", func(f *forger) where {
			s := fresh(f)
			f.sealWith(b102, s, [32]byte{1}, 1, 2)
			return stuffed(f, s)
		}},
		{"A01 a ballot sealed under another key", "V023", "", func(f *forger) where {
			s := fresh(f)
			l := *f.loot
			l.key = elgamal.NewKey(group.BaseMul(group.NewScalar(7)))
			other := l.forger()
			other.logs = f.logs
			other.sealWith(b101, s, [32]byte{1}, 1, 2)
			return stuffed(f, s)
		}},
		{"A06 a row that is the identity", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) { copy(s.Contests[0].Rows, make([]byte, group.ElementSize)) })
		}},
		{"A06 a row that is not on the curve", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) {
				for _, err := group.DecodeElement(s.Contests[0].Rows[:group.ElementSize]); err == nil; _, err = group.DecodeElement(s.Contests[0].Rows[:group.ElementSize]) {
					s.Contests[0].Rows[group.ElementSize-1]++
				}
			})
		}},
		{"A06 a row with the other sign", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) { s.Contests[0].Rows[group.ElementSize] ^= 1 })
		}},
		{"A06 a scalar of the proof that is not below the order", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) {
				p := s.Contests[0].Proof
				copy(p[len(p)-group.ScalarSize:], bytes.Repeat([]byte{0xff}, group.ScalarSize))
			})
		}},
		{"D06 a bit of a row flips before the device signs the ballot", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) { flipDecodable(s.Contests[0].Rows[:group.ElementSize]) })
		}},
		{"A01 a byte of the proof is changed", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) { s.Contests[0].Proof[len(s.Contests[0].Proof)-1] ^= 1 })
		}},
		{"A01 the proof is cut short", "V023", "", func(f *forger) where {
			return altered(f, 0, func(s *record.Sealed) { s.Contests[0].Proof = s.Contests[0].Proof[1:] })
		}},
		{"a device signs the ballot of another", "V008 V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			i := indices[*record.Close](f, b101)[0]
			s := fresh(f)
			f.insert(b101, i, f.sign(b101, s, "device/b1-device2"))
			f.cast(b101, i)
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"a device of another branch seals a ballot", "V008", "", func(f *forger) where {
			cut[*record.Units](f)
			s := f.seal(b101, "b2-device1", 1)
			i := f.stuff(b101, s)
			f.reclose(b101)
			return entry(b101, i)
		}},
	}}
}

// castIn puts a cast ballot into a branch.
func castIn(f *forger, log string, s *record.Sealed) where {
	cut[*record.Units](f)
	i := f.stuff(log, s)
	f.cast(log, i)
	f.reclose(log)
	return entry(log, i)
}

// flipDecodable flips the first bit of an encoded element after which it is
// another element.
func flipDecodable(b []byte) {
	for i := range 8 * len(b) {
		b[i/8] ^= 1 << (i % 8)
		if _, err := group.DecodeElement(b); err == nil {
			return
		}
		b[i/8] ^= 1 << (i % 8)
	}
	panic("forger: no bit can be flipped")
}

// shift adds one to the code of a row.
func (f *forger) shift(rows []byte, row int) []byte {
	c := must(elgamal.Decode(rows, len(rows)/elgamal.Size))
	c[row].B = c[row].B.Add(group.Generator())
	return elgamal.Encode(c)
}

// TestEndings: ballots that end not at all, twice, or as what they are not, and
// branches that close with other numbers.
func TestEndings(t *testing.T) { endings().try(t) }

func endings() table {
	closing := func(f *forger, change func(*record.Close)) where {
		cut[*record.Units](f)
		i := edit(f, b101, 0, change)
		f.takeIn(b101)
		return entry(b101, i)
	}
	again := func(f *forger, b record.Body, by string) where {
		cut[*record.Units](f)
		i := indices[*record.Close](f, b101)[0]
		f.insert(b101, i, f.sign(b101, b, by))
		f.reclose(b101)
		return entry(b101, i)
	}
	return table{good, []row{
		{"D01 a sealed ballot has no ending", "V025", "", func(f *forger) where {
			cut[*record.Units](f)
			i := f.stuff(b101, f.seal(b101, "b1-device1", 1))
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"a ballot is cast twice", "V025 V027", "", func(f *forger) where {
			b := nth[*record.Cast](f, b101, 0)
			return again(f, b, "device/"+b.Device)
		}},
		{"a spoiled ballot is cast", "V025 V027", "", func(f *forger) where {
			b := nth[*record.Spoiled](f, b101, 0)
			return again(f, &record.Cast{Device: b.Device, Number: b.Number, Code: b.Code}, "device/"+b.Device)
		}},
		{"a challenged ballot is cast", "V025 V027", "", func(f *forger) where {
			b := nth[*record.Challenged](f, b101, 0)
			return again(f, &record.Cast{Device: b.Device, Number: b.Number, Code: b.Code}, "device/"+b.Device)
		}},
		{"a cast ballot is spoiled", "V025 V027", "", func(f *forger) where {
			b := nth[*record.Cast](f, b101, 0)
			return again(f, &record.Spoiled{Device: b.Device, Number: b.Number, Code: b.Code}, "device/"+b.Device)
		}},
		{"H02 a cast ballot is revealed as if it were challenged", "V025 V027", "", func(f *forger) where {
			b := nth[*record.Cast](f, b101, 0)
			c := nth[*record.Challenged](f, b101, 0)
			c.Device, c.Number, c.Code = b.Device, b.Number, b.Code
			return again(f, c, "device/"+b.Device)
		}},
		{"B18 an ending with the code of another ballot", "V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			other := nth[*record.Cast](f, b101, 1).Code
			i := edit(f, b101, 0, func(c *record.Cast) { c.Code = other })
			f.reclose(b101)
			return entry(b101, i)
		}},
		{"an ending of a ballot that is not there", "V025 V027", "", func(f *forger) where {
			h := sha256.Sum256(nil)
			return again(f, &record.Cast{Device: "b1-device1", Number: 9, Code: h[:]}, "device/b1-device1")
		}},
		{"an ending before its ballot", "V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			f.move(b101, indices[*record.Cast](f, b101)[0], 1)
			f.reclose(b101)
			return entry(b101, 1)
		}},
		{"a device ends the ballot of another", "V008 V025 V027", "", func(f *forger) where {
			cut[*record.Units](f)
			i := indices[*record.Cast](f, b101)[0]
			f.logs[b101][i] = f.sign(b101, body[*record.Cast](f, b101, i), "device/b1-device2")
			f.reclose(b101)
			return entry(b101, i)
		}},

		{"B03 a ballot after the close", "V027", "", func(f *forger) where {
			cut[*record.Units](f)
			i := f.append(b101, f.seal(b101, "b1-device1", 1), "device/b1-device1")
			f.takeIn(b101)
			return entry(b101, i)
		}},
		{"B03 a branch closes twice", "V027", "", func(f *forger) where {
			cut[*record.Units](f)
			f.logs[b101] = append(f.logs[b101], f.logs[b101][len(f.logs[b101])-1])
			f.takeIn(b101)
			return entry(b101, len(f.logs[b101])-1)
		}},
		{"F08 one more cast is stated", "V027", "", func(f *forger) where {
			return closing(f, func(c *record.Close) { c.Counts.Cast++; c.Counts.CheckedIn++ })
		}},
		{"F08 one less cast is stated", "V027", "", func(f *forger) where { return closing(f, func(c *record.Close) { c.Counts.Cast-- }) }},
		{"F08 one less spoiled is stated", "V027", "", func(f *forger) where { return closing(f, func(c *record.Close) { c.Counts.Spoiled-- }) }},
		{"F08 one less challenged is stated", "V027", "", func(f *forger) where { return closing(f, func(c *record.Close) { c.Counts.Challenged-- }) }},
		{"C04 more cast than voters checked in", "V027", "", func(f *forger) where {
			return closing(f, func(c *record.Close) { c.Counts.CheckedIn = c.Counts.Cast - 1 })
		}},
		{"C04 a ballot is stuffed for nobody", "V027", "", func(f *forger) where {
			cut[*record.Units](f)
			in := nth[*record.Close](f, b101, 0).Counts.CheckedIn
			f.cast(b101, f.stuff(b101, f.seal(b101, "b1-device1", 1, 2)))
			f.reclose(b101)
			return closing(f, func(c *record.Close) { c.Counts.CheckedIn = in })
		}},
		{"another branch's close", "V027", "", func(f *forger) where { return closing(f, func(c *record.Close) { c.Branch = "102" }) }},
		{"the close names another tree", "V027", "", func(f *forger) where { return closing(f, func(c *record.Close) { c.Root[0] ^= 1 }) }},
		{"the close names a smaller tree", "V027", "", func(f *forger) where { return closing(f, func(c *record.Close) { c.Size-- }) }},
		{"I07 one officer closes a branch", "V008", "", func(f *forger) where {
			cut[*record.Units](f)
			i := indices[*record.Close](f, b101)[0]
			f.logs[b101][i] = f.sign(b101, body[*record.Close](f, b101, i), "officer/b1-head")
			f.takeIn(b101)
			return entry(b101, i)
		}},
	}}
}

// TestChallenges: devices that cheat and hope that a challenge does not show it.
func TestChallenges(t *testing.T) { challenges().try(t) }

func challenges() table {
	challenged := func(f *forger, change func(*record.Challenged)) where {
		cut[*record.Units](f)
		i := edit(f, b101, 0, change)
		f.reclose(b101)
		return entry(b101, i)
	}
	// resealed lets the device seal the challenged ballot in another way.
	resealed := func(f *forger, seal func(*record.Sealed, *record.Challenged)) where {
		cut[*record.Units](f)
		c := nth[*record.Challenged](f, b101, 0)
		for n, i := range indices[*record.Sealed](f, b101) {
			if s := body[*record.Sealed](f, b101, i); s.Device == c.Device && s.Number == c.Number {
				f.alter(b101, n, func(s *record.Sealed) { seal(s, c) })
			}
		}
		return entry(b101, indices[*record.Challenged](f, b101)[0])
	}
	return table{good, []row{
		{"D07 the device sealed another vote than it reveals", "V026", "", func(f *forger) where {
			return resealed(f, func(s *record.Sealed, c *record.Challenged) {
				f.sealWith(b101, s, [32]byte(c.Seed), 4, 5)
			})
		}},
		{"D07 the device reveals another vote than it sealed", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests[0].Selections = []uint64{4, 5} })
		}},
		{"the device reveals other blanks than it sealed", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests[0].Blanks = append(c.Contests[0].Blanks, 6) })
		}},
		{"the device reveals a candidate that is not there", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests[0].Selections = []uint64{6} })
		}},
		{"the device reveals more selections than a voter has", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests[0].Selections = []uint64{1, 2, 3} })
		}},
		{"the device reveals a selection that fits no machine word", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests[0].Selections = []uint64{1<<63 + 1} })
		}},
		{"the device reveals a selection of candidate 0", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests[0].Selections = append(c.Contests[0].Selections, 0) })
		}},
		{"the device reveals no contest", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests = nil })
		}},
		{"the device reveals another contest", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Contests[0].Contest = "mayor" })
		}},
		{"the challenged ballot is without its contest", "V026 V022", "", func(f *forger) where {
			return resealed(f, func(s *record.Sealed, _ *record.Challenged) { s.Contests = nil })
		}},
		{"H11 the device used a seed that it had not committed to", "V026", "", func(f *forger) where {
			own := [32]byte{7}
			resealed(f, func(s *record.Sealed, c *record.Challenged) {
				var codes []int
				for _, code := range c.Contests[0].Selections {
					codes = append(codes, int(code))
				}
				f.sealWith(b101, s, own, codes...)
			})
			return challenged(f, func(c *record.Challenged) { c.Seed = own[:] })
		}},
		{"H11 the device hid something in its randomness", "V026", "", func(f *forger) where {
			return resealed(f, func(s *record.Sealed, c *record.Challenged) {
				var codes []int
				for _, code := range append(c.Contests[0].Selections, c.Contests[0].Blanks...) {
					codes = append(codes, int(code))
				}
				f.sealRows(b101, s, []group.Scalar{group.RandomScalar(), group.RandomScalar()}, codes...)
			})
		}},
		{"the device reveals another seed", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Seed[0] ^= 1 })
		}},
		{"the device reveals a shorter seed", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Seed = c.Seed[1:] })
		}},
		{"the path leads elsewhere", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Path[0][0] ^= 1 })
		}},
		{"the path is cut short", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Path = c.Path[1:] })
		}},
		{"a hash of the path is too long", "V026", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Path[0] = append(c.Path[0], 0) })
		}},
		{"the device had committed to other seeds", "V026", "", func(f *forger) where {
			cut[*record.Units](f)
			device := nth[*record.Challenged](f, b101, 0).Device
			edit(f, b101, 0, func(o *record.Opening) {
				for i := range o.Devices {
					if o.Devices[i].Device == device {
						o.Devices[i].Root[0] ^= 1
					}
				}
			})
			f.reclose(b101)
			return entry(b101, indices[*record.Challenged](f, b101)[0])
		}},
		{"a challenge of another ballot's number", "V025 V027", "", func(f *forger) where {
			return challenged(f, func(c *record.Challenged) { c.Number-- })
		}},
	}}
}
