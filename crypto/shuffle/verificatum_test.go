package shuffle_test

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/shuffle"
	"github.com/sandogh/sandogh/internal/shared"
)

// vectors returns the folder of Verificatum's own proof directories.
func vectors(t testing.TB) string {
	t.Helper()
	return shared.Path(t, "vectors", "verificatum")
}

func TestVectors(t *testing.T) {
	dir := vectors(t)
	for _, v := range []struct {
		name                  string
		rows, parties, mixers int
		refused               string
		file                  string
	}{
		{"n2", 2, 1, 1, "", ""},
		{"n10", 10, 1, 1, "", ""},
		{"n100", 100, 1, 1, "", ""},
		{"n20-3parties", 20, 3, 2, "", ""},
		{"n10-bad-reply", 10, 1, 1, "the equations do not hold", "PoSReply01.bt"},
		{"n10-bad-swapped", 10, 1, 1, "the equations do not hold", "PoSReply01.bt"},
	} {
		t.Run(v.name, func(t *testing.T) {
			r, err := shuffle.CheckDirectory(os.DirFS(filepath.Join(dir, v.name)))
			want := shuffle.Report{
				Key:     r.Key,
				Session: shuffle.Session{SID: "Bench", AuxSID: "shuf"},
				Rows:    v.rows, Parties: v.parties, Mixers: v.mixers, Proofs: v.mixers,
			}
			if v.refused != "" {
				want.Proofs = 0
				if err == nil || !strings.Contains(err.Error(), v.refused) || !strings.Contains(err.Error(), v.file) {
					t.Errorf("got %v, want %q in %s", err, v.refused, v.file)
				}
			} else if err != nil {
				t.Error(err)
			}
			if r != want {
				t.Errorf("got %+v, want %+v", r, want)
			}
		})
	}
}

// TestVectorsNaive checks the reference verifier of these tests itself.
func TestVectorsNaive(t *testing.T) {
	dir := vectors(t)
	for name, good := range map[string]bool{"n2": true, "n20-3parties": true, "n10-bad-reply": false, "n10-bad-swapped": false} {
		d, err := shuffle.ReadDirectory(os.DirFS(filepath.Join(dir, name)))
		if err != nil {
			t.Fatal(err)
		}
		gens, in := generators(t, d.Session, len(d.In)), d.In
		for i, m := range d.Mixes {
			if failed := shuffle.VerifyNaive(gens, d.Key, in, m.Out, m.Proof); good != (len(failed) == 0) {
				t.Errorf("%s, mixer %d: %v fail", name, i+1, failed)
			}
			in = m.Out
		}
	}
}

// TestVectorsReexported reads Verificatum's files and writes them again.
func TestVectorsReexported(t *testing.T) {
	dir := vectors(t)
	for _, name := range []string{"n2", "n10", "n100", "n20-3parties"} {
		d, err := shuffle.ReadDirectory(os.DirFS(filepath.Join(dir, name)))
		if err != nil {
			t.Fatal(err)
		}
		for file, f := range export(t, d) {
			if file == "protInfo.xml" {
				continue
			}
			want, err := os.ReadFile(filepath.Join(dir, name, file))
			if err != nil {
				t.Error(err)
			} else if !bytes.Equal(f.Data, want) {
				t.Errorf("%s: %s differs", name, file)
			}
		}
		// The compact encoding carries the same proof.
		for i, m := range d.Mixes {
			if d.Mixes[i].Proof, err = shuffle.DecodeProof(m.Proof.Encode(), len(m.Out)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := shuffle.CheckDirectory(export(t, d)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func export(t testing.TB, d *shuffle.Directory) fstest.MapFS {
	t.Helper()
	files := make(fstest.MapFS)
	err := shuffle.ExportDirectory(d, func(name string, data []byte) error {
		if files[name] != nil {
			return fmt.Errorf("%s is written twice", name)
		}
		files[name] = &fstest.MapFile{Data: data}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// mixed returns a list of n rows that went through some mixers.
func mixed(t testing.TB, n, mixers int) *shuffle.Directory {
	t.Helper()
	i := newInstance(t, n)
	d := &shuffle.Directory{Session: i.session, Key: i.key, In: i.in}
	for range mixers {
		out, p := i.prove(t)
		d.Mixes = append(d.Mixes, shuffle.Mix{Out: out, Proof: p})
		i.in = out
	}
	return d
}

func TestExportDirectory(t *testing.T) {
	for _, mixers := range []int{1, 3} {
		d := mixed(t, 4, mixers)
		files := export(t, d)
		want := []string{
			"protInfo.xml", "shuffle/Ciphertexts.bt", "shuffle/FullPublicKey.bt", "shuffle/ShuffledCiphertexts.bt",
			"shuffle/auxsid", "shuffle/proofs/activethreshold", "shuffle/type", "shuffle/version", "shuffle/width",
		}
		for m := range mixers {
			for _, stem := range []string{"Ciphertexts", "PermutationCommitment", "PoSCommitment", "PoSReply"} {
				want = append(want, fmt.Sprintf("shuffle/proofs/%s%02d.bt", stem, m+1))
			}
		}
		if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("files %v", got)
		}
		r, err := shuffle.CheckDirectory(files)
		if err != nil || r.Proofs != mixers || r.Parties != mixers || r.Rows != 4 || !r.Key.Equal(d.Key.Element()) || r.Session != session {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	good := mixed(t, 2, 1)
	for name, change := range map[string]func(*shuffle.Directory){
		"no mixer":   func(d *shuffle.Directory) { d.Mixes = nil },
		"26 mixers":  func(d *shuffle.Directory) { d.Mixes = slices.Repeat(d.Mixes, 26) },
		"sid":        func(d *shuffle.Directory) { d.Session.SID = "1" },
		"auxsid":     func(d *shuffle.Directory) { d.Session.AuxSID = "U.x" },
		"a row less": func(d *shuffle.Directory) { d.Mixes = []shuffle.Mix{{d.In[:1], d.Mixes[0].Proof}} },
		"one row":    func(d *shuffle.Directory) { d.In = d.In[:1] },
		"identity":   func(d *shuffle.Directory) { d.In = []elgamal.Ciphertext{d.In[0], {}} },
		"identity in output": func(d *shuffle.Directory) {
			d.Mixes = []shuffle.Mix{{[]elgamal.Ciphertext{d.In[0], {}}, d.Mixes[0].Proof}}
		},
	} {
		d := *good
		change(&d)
		if err := shuffle.ExportDirectory(&d, func(string, []byte) error { return nil }); err == nil {
			t.Errorf("%s: exported", name)
		}
	}
	full := fmt.Errorf("disk full")
	calls := 0
	err := shuffle.ExportDirectory(good, func(string, []byte) error { calls++; return full })
	if err == nil || !strings.Contains(err.Error(), "protInfo.xml: disk full") || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// TestChangedFiles flips one bit at a time, at offsets spread over every file
// except protInfo.xml, most of which has no bearing on the proof.
func TestChangedFiles(t *testing.T) {
	files := export(t, mixed(t, 2, 2))
	const offsets = 16
	for name, f := range files {
		if name == "protInfo.xml" {
			continue
		}
		for k := range min(offsets, len(f.Data)) {
			at := k * (len(f.Data) - 1) / max(1, min(offsets, len(f.Data))-1)
			changed := bytes.Clone(f.Data)
			changed[at] ^= 1 << (k % 8)
			refuse(t, files, fmt.Sprintf("bit %d of byte %d", k%8, at), name, changed)
		}
		refuse(t, files, "a byte more", name, append(bytes.Clone(f.Data), 0))
		refuse(t, files, "a byte less", name, f.Data[:len(f.Data)-1])
		refuse(t, files, "empty", name, nil)
		refuse(t, files, "absent", name, absent)
	}
}

var absent = []byte("absent")

// refuse checks the directory with one file changed.
func refuse(t *testing.T, files fstest.MapFS, what, name string, data []byte) {
	t.Helper()
	changed := maps.Clone(files)
	changed[name] = &fstest.MapFile{Data: data}
	if bytes.Equal(data, absent) {
		delete(changed, name)
	}
	_, err := shuffle.CheckDirectory(changed)
	if err == nil {
		t.Errorf("%s: %s: accepted", name, what)
	}
	// A mixer's file may be found wrong only through the proof that uses it.
	if err != nil && !strings.Contains(name, "proofs/") && !strings.Contains(err.Error(), "PoSReply") &&
		!strings.Contains(err.Error(), name) {
		t.Errorf("%s: %s: the error does not name it: %v", name, what, err)
	}
}

func TestAbsentIsUnreadable(t *testing.T) {
	files := export(t, mixed(t, 2, 1))
	delete(files, "shuffle/proofs/PoSReply01.bt")
	_, err := shuffle.CheckDirectory(files)
	if pe := (*fs.PathError)(nil); !errors.As(err, &pe) {
		t.Errorf("not an fs.PathError: %v", err)
	}
}

func TestChangedProtInfo(t *testing.T) {
	files := export(t, mixed(t, 2, 2))
	const name = "protInfo.xml"
	info := string(files[name].Data)
	for _, c := range []struct{ old, new string }{
		{"<version>3.1.0<", "<version>3.1.1<"},
		{"<sid>Etest<", "<sid>Etesu<"},
		{"<sid>Etest<", "<sid>Etest <"},
		{"<sid>Etest<", "<sid><"},
		{"<nopart>2<", "<nopart>3<"},
		{"<nopart>2<", "<nopart>02<"},
		{"<thres>2<", "<thres>3<"},
		{"<thres>2<", "<thres>0<"},
		{"<statdist>100<", "<statdist>101<"},
		{"<vbitlenro>256<", "<vbitlenro>128<"},
		{"<ebitlenro>256<", "<ebitlenro>128<"},
		{"<prg>SHA-256<", "<prg>SHA-512<"},
		{"<rohash>SHA-256<", "<rohash>SHA-384<"},
		{"<corr>noninteractive<", "<corr>interactive<"},
		{"<keywidth>1<", "<keywidth>2<"},
		{"502d323536</pgroup>", "502d323834</pgroup>"},
		{"ECqPGroup(P-256)::", "ECqPGroup(P-384)::"},
		{"<width>1</width>", ""},
		{"<width>1</width>", "<width>1</width><width>1</width>"},
		{"<width>1</width>", "<width>1</width><extra></extra>"},
		{"<sid>", "<sid xmlns=\"x\">"},
		{"<sid>", "<sid kind=\"x\">"},
		{"<sid>Etest</sid>", "<sid>Et<b>e</b>st</sid>"},
		{"<sid>Etest</sid>", "<sid>Et<b></b>est</sid>"},
		{"<protocol>", "<!DOCTYPE protocol><protocol>"},
		{"</protocol>", ""},
		{"</protocol>", "</protocol><protocol></protocol>"},
		{"<party>", "<partx>"},
		{"<descr></descr>", strings.Repeat("<descr>", 1000) + strings.Repeat("</descr>", 1000)},
		{"<hint>127.0.0.1:24001</hint>", ""},
	} {
		changed := strings.Replace(info, c.old, c.new, 1)
		if changed == info {
			t.Errorf("%q is not in the file", c.old)
		}
		refuse(t, files, c.new, name, []byte(changed))
	}
	// What has no bearing on the proof may differ.
	for _, c := range []struct{ old, new string }{
		{"<thres>2<", "<thres>1<"},
		{"<descr></descr>", "<descr>A description</descr>"},
		{"<protocol>", "<!-- a comment --><protocol>"},
	} {
		changed := maps.Clone(files)
		changed[name] = &fstest.MapFile{Data: []byte(strings.Replace(info, c.old, c.new, 1))}
		if _, err := shuffle.CheckDirectory(changed); err != nil {
			t.Errorf("%s: %v", c.new, err)
		}
	}
}

// TestPartyOrder swaps the two mixers' files.
func TestPartyOrder(t *testing.T) {
	files := export(t, mixed(t, 3, 2))
	for _, stems := range [][]string{
		{"Ciphertexts"},
		{"PoSCommitment", "PoSReply"},
		{"PermutationCommitment", "PoSCommitment", "PoSReply"},
		{"Ciphertexts", "PermutationCommitment", "PoSCommitment", "PoSReply"},
	} {
		swapped := maps.Clone(files)
		for _, stem := range stems {
			a, b := "shuffle/proofs/"+stem+"01.bt", "shuffle/proofs/"+stem+"02.bt"
			swapped[a], swapped[b] = files[b], files[a]
		}
		swapped["shuffle/ShuffledCiphertexts.bt"] = swapped["shuffle/proofs/Ciphertexts02.bt"]
		if _, err := shuffle.CheckDirectory(swapped); err == nil {
			t.Errorf("accepted with %v swapped", stems)
		}
	}
	// One mixer's work left out, the count adjusted.
	short := maps.Clone(files)
	short["shuffle/proofs/activethreshold"] = &fstest.MapFile{Data: []byte("1")}
	short["shuffle/ShuffledCiphertexts.bt"] = files["shuffle/proofs/Ciphertexts01.bt"]
	if _, err := shuffle.CheckDirectory(short); err == nil {
		t.Error("accepted with fewer mixers than the threshold")
	}
}

// TestPartyKey takes the placeholder key apart as Verificatum would.
func TestPartyKey(t *testing.T) {
	info := string(export(t, mixed(t, 2, 1))["protInfo.xml"].Data)
	_, rest, _ := strings.Cut(info, "<pkey>SignaturePKeyHeuristic(RSA, bitlength=2048)::")
	text, _, found := strings.Cut(rest, "</pkey>")
	b, err := hex.DecodeString(text)
	if !found || err != nil {
		t.Fatal("no key: ", err)
	}
	class := "com.verificatum.crypto.SignaturePKeyHeuristic"
	head := append([]byte{0, 0, 0, 0, 2, 1, 0, 0, 0, byte(len(class))}, class...)
	head = append(head, 0, 0, 0, 0, 2, 1, 0, 0, 294>>8, 294&0xff)
	tail := []byte{1, 0, 0, 0, 4, 0, 0, 2048 >> 8, 0}
	if len(b) != len(head)+294+len(tail) || !bytes.HasPrefix(b, head) || !bytes.HasSuffix(b, tail) {
		t.Fatalf("not the byte tree of a key: %x", b)
	}
	key, err := x509.ParsePKIXPublicKey(b[len(head):][:294])
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := key.(*rsa.PublicKey); !ok || k.N.BitLen() != 2048 {
		t.Errorf("not an RSA key of 2048 bits: %T", key)
	}
}
