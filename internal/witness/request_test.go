package witness_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sandogh/sandogh/internal/witness"
)

const line = "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"

func TestRequests(t *testing.T) {
	tr := newTree(20, 20)
	for _, r := range []*witness.Request{
		{OldSize: 0, Checkpoint: tr.checkpoint(3)},
		{OldSize: 10, Proof: tr.proof(10, 15), Checkpoint: tr.checkpoint(15)},
		{OldSize: 1<<64 - 1, Proof: make([][32]byte, witness.MaxProof), Checkpoint: []byte("x")},
	} {
		data := r.Encode()
		got, err := witness.ParseRequest(data)
		if err != nil {
			t.Fatal(err)
		}
		if got.OldSize != r.OldSize || len(got.Proof) != len(r.Proof) || !bytes.Equal(got.Encode(), data) {
			t.Errorf("read %+v", got)
		}
	}
	// The example of C2SP tlog-witness, cut short.
	example := "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" + line + "\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— a b\n"
	if r, err := witness.ParseRequest([]byte(example)); err != nil || r.OldSize != 20852014 || len(r.Proof) != 2 || !bytes.HasPrefix(r.Checkpoint, []byte("example.com/")) {
		t.Errorf("read %+v, %v", r, err)
	}
	for what, bad := range map[string]string{
		"nothing":              "",
		"no empty line":        "old 0\n",
		"no checkpoint":        "old 0\n\n",
		"no size":              "old \n\nx",
		"no old":               "0\n\nx",
		"another word":         "new 0\n\nx",
		"two spaces":           "old  0\n\nx",
		"space after":          "old 0 \n\nx",
		"leading zero":         "old 01\n\nx",
		"sign":                 "old +1\n\nx",
		"negative":             "old -1\n\nx",
		"too large":            "old 18446744073709551616\n\nx",
		"carriage return":      "old 1\r\n\r\nx",
		"empty line before":    "\nold 1\n\nx",
		"short hash":           "old 1\nAAAA\n\nx",
		"no hash":              "old 1\n" + strings.Repeat("!", 44) + "\n\nx",
		"hash without padding": "old 1\n" + line[:43] + "\n\nx",
		"hash with loose bits": "old 1\n" + line[:42] + "l=\n\nx",
		"hash of URLs":         "old 1\n" + strings.Replace(line, "j", "-", 1) + "\nx",
		"hash with a break":    "old 1\n" + line[:20] + "\r" + line[20:] + "\nx",
		"64 hashes":            "old 1\n" + strings.Repeat(line, 64) + "\nx",
		"more than fits":       "old 0\n\n" + strings.Repeat("x", witness.MaxRequest),
		"old size twice":       "old 1\nold 1\n\nx",
		"checkpoint at once":   string(tr.checkpoint(3)),
	} {
		if r, err := witness.ParseRequest([]byte(bad)); err == nil {
			t.Errorf("%s: read %+v", what, r)
		}
	}
}

func TestResponses(t *testing.T) {
	for _, r := range []*witness.Response{
		{Request: [32]byte{1}, Outcome: witness.Cosigned, Lines: []byte("— a AAAAAAA=\n— b AAAAAAA=\n")},
		{Request: [32]byte{2}, Outcome: witness.Conflicted, Size: 12},
		{Request: [32]byte{3}, Outcome: witness.Refused, Reason: "the log is not known"},
	} {
		got, err := witness.ParseResponse(r.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Encode(), r.Encode()) || got.Request != r.Request || got.Outcome != r.Outcome || got.Size != r.Size || got.Reason != r.Reason {
			t.Errorf("read %+v", got)
		}
	}
	to := "answer to " + strings.Repeat("00", 32) + "\n"
	for what, bad := range map[string]string{
		"nothing":             "",
		"no outcome":          to + "\n",
		"another outcome":     to + "perhaps\n\nx\n",
		"no request":          "conflict\n\n12\n",
		"short request":       "answer to 00\nconflict\n\n12\n",
		"upper case":          "answer to " + strings.Repeat("AA", 32) + "\nconflict\n\n12\n",
		"no size":             to + "conflict\n\n\n",
		"leading zero":        to + "conflict\n\n012\n",
		"two sizes":           to + "conflict\n\n12\n13\n",
		"no last line feed":   to + "conflict\n\n12",
		"reason of two lines": to + "refused\n\na\nb\n",
		"no body":             to + "cosigned\n\n",
		"a line more":         to + "conflict\nmore\n\n12\n",
		"too long":            to + "refused\n\n" + strings.Repeat("x", 1<<14) + "\n",
	} {
		if r, err := witness.ParseResponse([]byte(bad)); err == nil {
			t.Errorf("%s: read %+v", what, r)
		}
	}
	for path, want := range map[string]string{"a/b.request": "a/b.response", "a.request/b": "a.request/b.response", "b.txt": "b.txt.response"} {
		if got := witness.ResponsePath(path); got != want {
			t.Errorf("the response to %s belongs in %s", path, got)
		}
	}
}

// What parses is written again as it was.
func FuzzParseRequest(f *testing.F) {
	tr := newTree(20, 20)
	f.Add((&witness.Request{OldSize: 10, Proof: tr.proof(10, 15), Checkpoint: tr.checkpoint(15)}).Encode())
	f.Add([]byte("old 0\n\nx"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := witness.ParseRequest(data); err == nil && !bytes.Equal(r.Encode(), data) {
			t.Errorf("written again %q", r.Encode())
		}
	})
}

// What parses is written again as it was.
func FuzzParseResponse(f *testing.F) {
	for _, r := range []*witness.Response{{Outcome: witness.Cosigned, Lines: []byte("— a AAAAAAA=\n")}, {Outcome: witness.Conflicted, Size: 12}, {Outcome: witness.Refused, Reason: "x"}} {
		f.Add(r.Encode())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := witness.ParseResponse(data); err == nil && !bytes.Equal(r.Encode(), data) {
			t.Errorf("written again %q", r.Encode())
		}
	})
}
