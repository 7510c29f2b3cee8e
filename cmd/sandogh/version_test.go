package main

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime/debug"
	"strings"
	"testing"
)

// stamped is what a release has: a commit, and a module that is replaced.
const stamped = `path	github.com/sandogh/sandogh/cmd/sandogh
mod	github.com/sandogh/sandogh	v1.2.3	
dep	example.com/Zed	v1.0.0+incompatible	h1:zed=
dep	example.com/old	v1.0.0
=>	example.com/new	v2.0.0	h1:new=
build	vcs=git
build	vcs.revision=0123456789abcdef0123456789abcdef01234567
build	vcs.time=2026-05-01T00:00:00Z
build	vcs.modified=false
`

func parsed(t *testing.T, text string) *debug.BuildInfo {
	t.Helper()
	info, err := debug.ParseBuildInfo(text)
	if err != nil {
		t.Fatal(err)
	}
	info.GoVersion = "go1.26.8" // which the text does not carry
	return info
}

func TestReadBuild(t *testing.T) {
	got := readBuild(parsed(t, stamped))
	want := build{Version: "v1.2.3", Commit: "0123456789abcdef0123456789abcdef01234567", Modified: "no", Go: "go1.26.8", Count: 2,
		// printf 'example.com/Zed v1.0.0+incompatible h1:zed=\nexample.com/new v2.0.0 h1:new=\n' | sha256sum
		Modules: "6a84f2a44941390dcf489f661c134c6a3a7712203b9bb06a1aca85bc25ddf6f4"}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := readBuild(parsed(t, strings.Replace(stamped, "modified=false", "modified=true", 1))); got.Modified != "yes" {
		t.Errorf("a changed checkout is %q", got.Modified)
	}
	// Nothing but the modules changes the hash, and each part of a line does.
	for _, c := range []struct {
		old, new string
		same     bool
	}{
		{"v1.2.3", "v1.2.4", true}, {"0123", "3210", true},
		{"h1:zed=", "h1:zee=", false}, {"v2.0.0", "v2.0.1", false}, {"example.com/new", "example.com/few", false},
		{"example.com/old\tv1.0.0", "example.com/older\tv1.0.0", true}, // it is replaced
	} {
		changed := strings.ReplaceAll(stamped, c.old, c.new)
		if changed == stamped {
			t.Fatalf("%q is not there", c.old)
		}
		if same := modulesHash(parsed(t, changed)) == want.Modules; same != c.same {
			t.Errorf("%q for %q: same %t, want %t", c.new, c.old, same, c.same)
		}
	}
}

func TestBillOfMaterials(t *testing.T) {
	bill := billOfMaterials(parsed(t, stamped))
	var purls []string
	for _, c := range bill.Components {
		purls = append(purls, c.PURL)
	}
	const want = "pkg:golang/std@1.26.8 pkg:golang/example.com/zed@v1.0.0%2Bincompatible pkg:golang/example.com/new@v2.0.0"
	if got := strings.Join(purls, " "); got != want {
		t.Errorf("components %s\nwant %s", got, want)
	}
	if m := bill.Metadata.Component; m.Type != "application" || m.PURL != "pkg:golang/github.com/sandogh/sandogh@v1.2.3" {
		t.Errorf("the component is %+v", m)
	}
}

// The bill of this binary agrees with go.sum, line for line.
func TestBillAgreesWithGoSum(t *testing.T) {
	sums, err := os.ReadFile("../../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	var out, people bytes.Buffer
	if code := run([]string{"version", "--sbom"}, &out, &people); code != 0 {
		t.Fatalf("exit status %d: %s", code, people.String())
	}
	var got bill
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{got.Metadata.Component.Ref: true}
	for _, c := range got.Components {
		if refs[c.Ref] {
			t.Errorf("%s is there twice", c.Ref)
		}
		refs[c.Ref] = true
		if c.Name == "std" {
			continue
		}
		if line := c.Name + " " + c.Version + " " + c.Properties[0].Value + "\n"; !bytes.Contains(sums, []byte(line)) {
			t.Errorf("go.sum has no line %q", line)
		}
	}
	if len(refs) < 10 {
		t.Errorf("only %d components", len(refs))
	}
}
