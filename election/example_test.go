package election_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/sandogh/sandogh/election"
)

var update = flag.Bool("update", false, "write spec/examples/definition.json")

// The example's private keys are public: SHA-256("sandogh example " ‖ role).
func seed(role string) []byte {
	h := sha256.Sum256([]byte("sandogh example " + role))
	return h[:]
}

func signing(role string) election.Key {
	return election.Key(ed25519.NewKeyFromSeed(seed(role)).Public().(ed25519.PublicKey))
}

func sealing(role string) election.Key {
	k, err := ecdh.X25519().NewPrivateKey(seed(role))
	if err != nil {
		panic(err)
	}
	return election.Key(k.PublicKey().Bytes())
}

// example returns a small whole election: a city council and a village council
// of one county, and a seat for the province in which both vote.
func example() *election.Definition {
	name := func(fa, en string) election.Name { return election.Name{Fa: fa, En: en} }
	photo := sha256.Sum256([]byte("sandogh example photo"))
	ruling := sha256.Sum256([]byte("sandogh example ruling"))
	candidates := func(first, n int, lists ...string) []election.Candidate {
		var cs []election.Candidate
		for i := range n {
			c := election.Candidate{
				ID:      fmt.Sprint(first + i),
				Name:    name(fmt.Sprintf("نامزد %d", first+i), fmt.Sprintf("Candidate %d", first+i)),
				Veteran: i%4 == 1,
				Degree:  3 + i%4,
			}
			if len(lists) > 0 {
				c.List = lists[i%len(lists)]
			}
			cs = append(cs, c)
		}
		return cs
	}
	d := &election.Definition{
		Format:     election.Format,
		Name:       name("انتخابات نمونهٔ شوراهای اسلامی شهر و روستا", "Example election of city and village councils"),
		Practice:   true,
		PollingDay: "2026-05-01",
		Laws: []election.Law{
			{Article: "Councils Act, article 20", Version: "1403", State: election.InForce},
			{Article: "Experts Election Act, article 16", Version: "1402", State: election.Draft, Ruling: hex.EncodeToString(ruling[:])},
		},
		Districts: []election.District{
			{ID: "30", Name: name("استان البرز", "Alborz Province"), Kind: election.Province},
			{ID: "30-1", Name: name("شهرستان کرج", "Karaj County"), Kind: election.County, Parent: "30"},
			{ID: "30-1-c", Name: name("شهر کرج", "City of Karaj"), Kind: election.City, Parent: "30-1"},
			{ID: "30-1-v", Name: name("روستای آتشگاه", "Village of Atashgah"), Kind: election.Village, Parent: "30-1"},
		},
		Offices: []election.Office{
			{ID: "hq", Name: name("ستاد انتخابات کشور", "Election headquarters"), Role: election.Headquarters, Key: signing("office hq")},
			{ID: "board", Name: name("هیئت نظارت", "Supervisory board"), Role: election.Supervisory, Key: signing("office board")},
			{ID: "county", Name: name("هیئت اجرایی", "Executive board"), Role: election.Executive, Key: signing("office county")},
		},
		Contests: []election.Contest{
			{
				ID: "experts", Name: name("مجلس خبرگان رهبری", "Assembly of Experts"), District: "30",
				Rule: election.SingleSeatPlurality, Article: "Experts Election Act, article 16",
				Seats: 1, VoteLimit: 1, TieOrder: []string{election.TieLot}, MinUnit: 50,
				Candidates: candidates(1, 3),
				Units:      []election.Unit{{ID: "u1", Branches: []string{"1", "2"}}, {ID: "u2", Branches: []string{"3", "4"}}},
			},
			{
				ID: "karaj", Name: name("شورای شهر کرج", "Karaj city council"), District: "30-1-c",
				Rule: election.PluralityAtLarge, Article: "Councils Act, article 20",
				Seats: 5, Alternates: 3, VoteLimit: 5,
				TieOrder: []string{election.TieVeteran, election.TieDegree, election.TieLot}, MinUnit: 50,
				Candidates: candidates(101, 10, "A", "B", ""),
				Lists:      []election.List{{ID: "A", Name: name("آبادی", "Abadi")}, {ID: "B", Name: name("همدلی", "Hamdeli")}},
				Units:      []election.Unit{{ID: "u1", Branches: []string{"1", "2"}}, {ID: "u2", Branches: []string{"3"}}},
			},
			{
				ID: "atashgah", Name: name("شورای روستای آتشگاه", "Atashgah village council"), District: "30-1-v",
				Rule: election.PluralityAtLarge, Article: "Councils Act, article 20",
				Seats: 3, Alternates: 2, VoteLimit: 3,
				TieOrder: []string{election.TieVeteran, election.TieDegree, election.TieLot}, MinUnit: 2,
				Candidates: candidates(201, 6),
				Units:      []election.Unit{{ID: "u1", Branches: []string{"4"}}},
			},
		},
		HQLogKey: signing("hq log"),
		Trustees: []election.Trustee{
			{ID: "t1", Name: name("", "Judiciary"), SigningKey: signing("trustee t1"), HPKEKey: sealing("trustee t1 hpke")},
			{ID: "t2", Name: name("", "University"), SigningKey: signing("trustee t2"), HPKEKey: sealing("trustee t2 hpke")},
			{ID: "t3", Name: name("", "Bar association"), SigningKey: signing("trustee t3"), HPKEKey: sealing("trustee t3 hpke")},
		},
		Quorum: 2,
		Mixers: []election.Mixer{
			{ID: "m1", Name: name("", "Headquarters"), Key: signing("mixer m1")},
			{ID: "m2", Name: name("", "Supervisory board"), Key: signing("mixer m2")},
			{ID: "m3", Name: name("", "University"), Key: signing("mixer m3"), Reserve: true},
		},
		Witnesses: []election.Witness{
			{Name: "witness.example.org/w1", Key: signing("witness w1")},
			{Name: "witness.example.net/w2", Key: signing("witness w2")},
		},
		WitnessQuorum:       1,
		MaxBallotsPerDevice: 2000,
	}
	d.Contests[1].Candidates[0].Photo = hex.EncodeToString(photo[:])
	for i := range 4 {
		id := fmt.Sprint(i + 1)
		b := election.Branch{ID: id, Name: name("شعبهٔ "+id, "Branch "+id), District: "30-1-c", LogKey: signing("branch " + id), Electorate: 900 + 10*i}
		if i == 3 {
			b.District = "30-1-v"
		}
		d.Branches = append(d.Branches, b)
	}
	return d
}

func exampleJSON(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(example()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExampleFile(t *testing.T) {
	const path = "../spec/examples/definition.json"
	want := exampleJSON(t)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("spec/examples/definition.json is not what example() says; run go test ./election -update")
	}
	d, err := election.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if id, want := d.ID(), example().ID(); id != want {
		t.Errorf("the id of the file is %x, want %x", id, want)
	}
	back, err := election.Decode(d.Canonical())
	if err != nil {
		t.Fatal(err)
	}
	if back.ID() != d.ID() {
		t.Error("the id changes through Decode")
	}
}
