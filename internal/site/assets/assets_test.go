package assets_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/internal/site/assets"
)

var (
	id  = sha256.Sum256([]byte("election"))
	key = ed25519.NewKeyFromSeed(make([]byte, 32))
)

func definition() *election.Definition {
	d := &election.Definition{Branches: []election.Branch{{ID: "800", Electorate: 500}, {ID: "801", Electorate: 90}}}
	d.Offices = []election.Office{{ID: "hq", Key: election.Key(key.Public().(ed25519.PublicKey))}, {ID: "other"}}
	return d
}

const turnout = "branch,until,voters\n800,09:00,20\n800,12:00,200\n801,09:00,3\n801,12:00,60\n"

// folder is a signed folder; change is made before it is collected and signed.
func folder(t testing.TB, change func(fstest.MapFS)) fstest.MapFS {
	t.Helper()
	f := fstest.MapFS{"photo/a.jpg": {Data: []byte("a picture")}, "minutes/800/1.pdf": {Data: []byte("minutes")}, "turnout/day.csv": {Data: []byte(turnout)},
		"agents/one.csv": {Data: []byte("branch,contest,candidate,votes\n")}}
	if change != nil {
		change(f)
	}
	list, err := assets.Collect(f, id)
	if err != nil {
		t.Fatal(err)
	}
	f[assets.ListName] = &fstest.MapFile{Data: list}
	f[assets.SignatureName] = &fstest.MapFile{Data: assets.Sign(id, list, "hq", key)}
	return f
}

func TestRead(t *testing.T) {
	x, err := assets.Read(folder(t, nil), definition(), id)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(x.Published()); n != 3 || x.Office != "hq" { // turnout is not published as it is
		t.Errorf("%d files of %s: %v", n, x.Office, x.Published())
	}
	photo := fmt.Sprintf("%x", sha256.Sum256([]byte("a picture")))
	if x.Photo(photo) != photo+".jpg" || x.Photo("") != "" || len(x.MinutesOf("800")) != 1 || len(x.MinutesOf("801")) != 0 {
		t.Errorf("photo %q, minutes %v", x.Photo(photo), x.MinutesOf("800"))
	}
	if data, err := x.Open(photo + ".jpg"); err != nil || string(data) != "a picture" {
		t.Errorf("%q, %v", data, err)
	}
	if _, err := x.Open("../assets.json"); err == nil {
		t.Error("a file that is not published is opened")
	}
	if h := x.TurnoutOf("800"); len(h) != 2 || h[1].Voters != 200 {
		t.Errorf("%v", h)
	}
	var none *assets.List
	if none.Published() != nil || none.Photo("x") != "" || none.TurnoutOf("800") != nil || none.MinutesOf("800") != nil || none.Fingerprint() != "" {
		t.Error("no list has something")
	}
}

// TestRefused: whatever is wrong is refused whole, and named.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(fstest.MapFS)
		says          string
	}{
		"no list":          {nil, func(f fstest.MapFS) { delete(f, assets.ListName) }, assets.ListName},
		"not signed":       {nil, func(f fstest.MapFS) { delete(f, assets.SignatureName) }, "sandogh site sign"},
		"a file changed":   {nil, func(f fstest.MapFS) { f["photo/a.jpg"].Data = []byte("b picture") }, "sha256"},
		"a file is gone":   {nil, func(f fstest.MapFS) { delete(f, "minutes/800/1.pdf") }, "minutes/800/1.pdf"},
		"the list changed": {nil, func(f fstest.MapFS) { f[assets.ListName].Data = append(f[assets.ListName].Data, ' ') }, "does not fit"},
		"another office": {nil, func(f fstest.MapFS) {
			f[assets.SignatureName].Data = []byte("nobody " + strings.Repeat("00", 64) + "\n")
		}, "no office"},
		"another's key": {nil, func(f fstest.MapFS) {
			f[assets.SignatureName].Data = []byte("other " + strings.Repeat("00", 64) + "\n")
		}, "does not fit"},
		"no signature":      {nil, func(f fstest.MapFS) { f[assets.SignatureName].Data = []byte("hq 00\n") }, "hex digits"},
		"a script":          {func(f fstest.MapFS) { f["photo/x.svg"] = &fstest.MapFile{Data: []byte("<svg/>")} }, nil, "ends in"},
		"minutes of nobody": {func(f fstest.MapFS) { f["minutes/999/1.pdf"] = &fstest.MapFile{} }, nil, "no branch"},
		"a great photo":     {func(f fstest.MapFS) { f["photo/b.jpg"] = &fstest.MapFile{Data: make([]byte, assets.MaxPhoto+1)} }, nil, "more than"},
		"turnout of nobody": {func(f fstest.MapFS) {
			f["turnout/x.csv"] = &fstest.MapFile{Data: []byte("branch,until,voters\n999,09:00,1\n")}
		}, nil, "line 2"},
		"too many voters": {func(f fstest.MapFS) { f["turnout/day.csv"].Data = []byte("branch,until,voters\n801,09:00,91\n") }, nil, "voters"},
		"turnout falls": {func(f fstest.MapFS) {
			f["turnout/day.csv"].Data = []byte("branch,until,voters\n800,09:00,9\n800,10:00,8\n")
		}, nil, "line 3"},
		"no time":   {func(f fstest.MapFS) { f["turnout/day.csv"].Data = []byte("branch,until,voters\n800,24:00,9\n") }, nil, "no time"},
		"no header": {func(f fstest.MapFS) { f["turnout/day.csv"].Data = []byte("800,09:00,9\n") }, nil, "header"},
	} {
		f := folder(t, c.before)
		if c.after != nil {
			c.after(f)
		}
		if _, err := assets.Read(f, definition(), id); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, wanted is something with %q", name, err, c.says)
		}
	}
	if _, err := assets.Read(folder(t, nil), definition(), sha256.Sum256([]byte("another"))); err == nil {
		t.Error("a list of another election is read")
	}
}

// TestCoarse: no step is of fewer persons than the least, whatever came when, and
// the last number is all of them.
func TestCoarse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := uint64(rapid.IntRange(1, 80).Draw(t, "least"))
		var hours []assets.Hour
		sum := uint64(0)
		for i, n := range rapid.SliceOfN(rapid.IntRange(0, 60), 0, 20).Draw(t, "came") {
			sum += uint64(n)
			hours = append(hours, assets.Hour{Until: fmt.Sprintf("%02d:00", i), Voters: sum})
		}
		shown := uint64(0)
		got := assets.Coarse(hours, least)
		for _, h := range got {
			if h.Voters-shown < least {
				t.Fatalf("a step of %d, fewer than %d: %v of %v", h.Voters-shown, least, got, hours)
			}
			shown = h.Voters
		}
		if sum < least && len(got) > 0 || sum >= least && shown != sum {
			t.Fatalf("%d of %d are shown: %v of %v", shown, sum, got, hours)
		}
	})
}

func TestAdd(t *testing.T) {
	got := assets.Add([][]assets.Hour{{{"09:00", 5}, {"12:00", 9}}, {{"10:00", 3}}})
	if want := []assets.Hour{{"09:00", 5}, {"10:00", 8}, {"12:00", 12}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
}

func FuzzRead(f *testing.F) {
	good := folder(f, nil)
	f.Add(good[assets.ListName].Data, []byte(turnout))
	f.Fuzz(func(t *testing.T, list, day []byte) {
		x := folder(t, nil)
		x["turnout/day.csv"].Data = day
		x[assets.ListName] = &fstest.MapFile{Data: list}
		x[assets.SignatureName] = &fstest.MapFile{Data: assets.Sign(id, list, "hq", key)}
		got, err := assets.Read(x, definition(), id)
		if (got == nil) == (err == nil) {
			t.Fatalf("%v, %v", got, err)
		}
	})
}
