package drafting_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/drafting"
)

var update = flag.Bool("update", false, "write the examples in spec/examples")

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

// national returns an invented national number with a true check digit.
func national(i int) string {
	s := fmt.Sprintf("999%06d", i)
	r := 0
	for j := range s {
		r += int(s[j]-'0') * (10 - j)
	}
	if r %= 11; r >= 2 {
		r = 11 - r
	}
	return s + fmt.Sprint(r)
}

var (
	first = []string{"آرش", "بهاره", "پویا", "ترانه", "جهان", "چکامه", "حامد", "خورشید", "دلارام", "رامین", "زهره", "ژاله", "سیاوش", "شیرین"}
	last  = []string{"نمونه‌پور", "فرضی", "آزمونی", "مثالی", "تمرینی"}
)

// example returns the files of a sample county: a large city with lists, a city,
// a village, and a by-election.
func example() drafting.Files {
	var places, candidates, branches bytes.Buffer
	fmt.Fprint(&places, `province,county,district,kind,name,code,population
99:استان نمونه,9900:نمونه,مرکزی,city,نمونه,9901,2400000
99:استان نمونه,9900:نمونه,مرکزی,city,نمونه‌شهر,9902,50000
99:استان نمونه,9900:نمونه,کوهپایه,village,نمونه‌ده,9903,1500
`)
	fmt.Fprintln(&candidates, "code,national_number,name,father,birth,degree,veteran,contest,list")
	n := 0
	add := func(contest, list string) {
		fmt.Fprintf(&candidates, "%d,%s,%s %s,%s,13%d-%02d-%02d,%s,%t,%s,%s\n", 101+n, national(n),
			first[n%len(first)], last[n/len(first)], first[(n*5+3)%len(first)], 40+n%35, 1+n%12, 1+n%29,
			[]string{"bachelor", "master", "diploma", "doctorate"}[n%4], n%9 == 4, contest, list)
		n++
	}
	for i := range 24 {
		list := ""
		switch {
		case i == 0:
			list = "A:فهرست آبادانی"
		case i < 9:
			list = "A"
		case i == 9:
			list = "B:فهرست همدلی"
		case i < 18:
			list = "B"
		}
		add("9901", list)
	}
	for range 8 {
		add("9902", "")
	}
	for range 5 {
		add("9903", "")
	}
	for range 4 {
		add("majlis", "")
	}
	fmt.Fprintln(&branches, "id,name,place,electorate,log_key")
	for i, place := range []string{"9901", "9901", "9901", "9902", "9902", "9903"} {
		fmt.Fprintf(&branches, "%d,شعبهٔ %d,%s,%d,%v\n", i+1, i+1, place, 900+10*i, signing(fmt.Sprint("branch ", i+1)))
	}
	return drafting.Files{
		Places:     drafting.File{Name: "places.csv", Data: places.Bytes()},
		Candidates: drafting.File{Name: "candidates.csv", Data: candidates.Bytes()},
		Branches:   drafting.File{Name: "branches.csv", Data: branches.Bytes()},
		Bodies:     drafting.File{Name: "bodies.json", Data: exampleBodies()},
	}
}

func exampleBodies() []byte {
	name := func(fa, en string) election.Name { return election.Name{Fa: fa, En: en} }
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Offices             []election.Office  `json:"offices"`
		HQLogKey            election.Key       `json:"hq_log_key"`
		Trustees            []election.Trustee `json:"trustees"`
		Quorum              int                `json:"quorum"`
		Mixers              []election.Mixer   `json:"mixers"`
		Witnesses           []election.Witness `json:"witnesses"`
		WitnessQuorum       int                `json:"witness_quorum"`
		MaxBallotsPerDevice int                `json:"max_ballots_per_device"`
	}{
		[]election.Office{
			{ID: "hq", Name: name("ستاد انتخابات کشور", "Election headquarters"), Role: election.Headquarters, Key: signing("office hq")},
			{ID: "board", Name: name("هیئت نظارت", "Supervisory board"), Role: election.Supervisory, Key: signing("office board")},
			{ID: "county", Name: name("هیئت اجرایی شهرستان", "Executive board of the county"), Role: election.Executive, Key: signing("office county")},
		},
		signing("hq log"),
		[]election.Trustee{
			{ID: "t1", Name: name("", "Judiciary"), SigningKey: signing("trustee t1"), HPKEKey: sealing("trustee t1 hpke")},
			{ID: "t2", Name: name("", "University"), SigningKey: signing("trustee t2"), HPKEKey: sealing("trustee t2 hpke")},
			{ID: "t3", Name: name("", "Bar association"), SigningKey: signing("trustee t3"), HPKEKey: sealing("trustee t3 hpke")},
		},
		2,
		[]election.Mixer{
			{ID: "m1", Name: name("", "Headquarters"), Key: signing("mixer m1")},
			{ID: "m2", Name: name("", "Supervisory board"), Key: signing("mixer m2")},
			{ID: "m3", Name: name("", "University"), Key: signing("mixer m3"), Reserve: true},
		},
		[]election.Witness{
			{Name: "witness.example.org/w1", Key: signing("witness w1")},
			{Name: "witness.example.net/w2", Key: signing("witness w2")},
		},
		1, 2000,
	})
	if err != nil {
		panic(err)
	}
	return text.Bytes()
}

// plan is what the example is held as.
func plan(t testing.TB) drafting.Plan {
	t.Helper()
	day, err := calendar.ParseDay("1405-02-11")
	if err != nil {
		t.Fatal(err)
	}
	majlis, err := drafting.ParseByElection("majlis=majlis:حوزهٔ انتخابیهٔ نمونه")
	if err != nil {
		t.Fatal(err)
	}
	return drafting.Plan{County: "نمونه", PollingDay: day, Practice: true,
		Proportional: []string{"9901"}, ByElections: []drafting.ByElection{majlis}}
}

func TestExampleFiles(t *testing.T) {
	x := example()
	for _, f := range []drafting.File{x.Places, x.Candidates, x.Branches, x.Bodies} {
		path := filepath.Join("..", "..", "spec", "examples", f.Name)
		if *update {
			if err := os.WriteFile(path, f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, f.Data) {
			t.Errorf("%s is not what example says; run go test ./internal/drafting -update", path)
		}
	}
}
