package shuffle

import (
	"bytes"
	"fmt"
	"path"
	"strconv"

	"github.com/sandogh/sandogh/crypto/elgamal"
)

// A Mix is what one mixer returned.
type Mix struct {
	Out   []elgamal.Ciphertext
	Proof *Proof
}

// A Directory is what a Verificatum proof directory says: a list and the
// mixers that shuffled it one after the other.
type Directory struct {
	Session Session
	Key     *elgamal.Key
	In      []elgamal.Ciphertext
	Mixes   []Mix // in order; the input of each is the output of the one before
}

// ExportDirectory writes d in the form that Verificatum's verifier reads, each
// file through write, with its slash-separated name. All mixers are parties of
// the session and all of them took part. It does not verify.
func ExportDirectory(d *Directory, write func(name string, data []byte) error) error {
	n := len(d.Mixes)
	if n < 1 || n > maxParties {
		return fmt.Errorf("export shuffle: %d mixers: there must be 1 to %d", n, maxParties)
	}
	if err := d.Session.Validate(); err != nil {
		return fmt.Errorf("export shuffle: %w", err)
	}
	for i, m := range d.Mixes {
		if err := checkShuffle(d.In, m.Out, m.Proof); err != nil {
			return fmt.Errorf("export shuffle: mixer %d: %w", i+1, err)
		}
	}
	text := func(s string) func(*treeWriter) {
		return func(t *treeWriter) { t.buf = append(t.buf, s...) }
	}
	list := func(rows []elgamal.Ciphertext) func(*treeWriter) {
		return func(t *treeWriter) { t.ciphertexts(rows) }
	}
	type file struct {
		name string
		fill func(*treeWriter)
	}
	files := []file{
		{fileProtInfo, text(string(formatProtInfo(d.Session.SID, n)))},
		{fileVersion, text(version)},
		{fileType, text(shuffling)},
		{fileAuxSID, text(d.Session.AuxSID)},
		{fileWidth, text("1")},
		{fileActive, text(strconv.Itoa(n))},
		{fileKey, func(t *treeWriter) { t.points(publicKey(d.Key)) }},
		{fileInput, list(d.In)},
		{fileOutput, list(d.Mixes[n-1].Out)},
	}
	for i, m := range d.Mixes {
		files = append(files,
			file{mixFile(stemPermutation, i), func(t *treeWriter) { t.points(m.Proof.u) }},
			file{mixFile(stemCommitment, i), m.Proof.writeCommitment},
			file{mixFile(stemReply, i), m.Proof.writeReply},
			file{mixFile(stemOutput, i), list(m.Out)})
	}
	for _, f := range files {
		var b bytes.Buffer
		t := treeWriter{w: &b}
		f.fill(&t)
		t.flush()
		if err := write(f.name, b.Bytes()); err != nil {
			return fmt.Errorf("export %s: %w", f.name, err)
		}
	}
	return nil
}

// The names of the files of a directory.
const (
	fileProtInfo = "protInfo.xml"
	folder       = "shuffle"
	fileVersion  = folder + "/version"
	fileType     = folder + "/type"
	fileAuxSID   = folder + "/auxsid"
	fileWidth    = folder + "/width"
	fileKey      = folder + "/FullPublicKey.bt"
	fileInput    = folder + "/Ciphertexts.bt"
	fileOutput   = folder + "/ShuffledCiphertexts.bt"
	fileActive   = folder + "/proofs/activethreshold"
	shuffling    = "shuffling" // what fileType holds
	// One file for each mixer, see mixFile.
	stemPermutation = "PermutationCommitment"
	stemCommitment  = "PoSCommitment"
	stemReply       = "PoSReply"
	stemOutput      = "Ciphertexts"
)

// mixFile returns the name of a file of mixer i, counted from 0.
func mixFile(stem string, i int) string {
	return path.Join(folder, "proofs", fmt.Sprintf("%s%02d.bt", stem, i+1))
}

// partyKey stands in every party's entry, where a signature key is due that no
// check of a proof uses: the public half of an RSA key that was thrown away, as
//
//	node(leaf class name, node(leaf SubjectPublicKeyInfo, leaf uint32be 2048))
const partyKey = "SignaturePKeyHeuristic(RSA, bitlength=2048)::" +
	"0000000002010000002d" + // com.verificatum.crypto.SignaturePKeyHeuristic
	"636f6d2e766572696669636174756d2e63727970746f2e5369676e6174757265504b6579486575726973746963" +
	"00000000020100000126" +
	"30820122300d06092a864886f70d01010105000382010f003082010a0282010100a5bc19944fa8ebe18247de4010832e03" +
	"0dbf6177997503957974ba4351db5cd9e1c08fca0a06e6e30d44ccef7387419b328ebd00707606ce92bae4d1da4680c015" +
	"d51dd3de2389807b7e7e5223a3fe22ff7a0f15e37ac1c6ca77b1f9e278555b15213e6fcc3a47e98e558f8d0f841b782148" +
	"5128d2d52c9206d34634c3f795795f954d49c93ba74a2b048331c3db50e036616fb4ffd3b092092d768aa124f2ed307b5e" +
	"3fdd03b55c35af25f7dc0040c23f11a6c98a748142fde006fdd87fdf515ceeffaea75b9716a00d29e805f172819e256902" +
	"5cdbbbbc22af624e855cbc75b67b1782b1a0678fa6203ccb048a5708d8c5ace150fc5da089fe344048c03e710203010001" +
	"010000000400000800"
