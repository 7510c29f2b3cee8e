package shuffle

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
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
	if err := d.check(); err != nil {
		return fmt.Errorf("export shuffle: %w", err)
	}
	var failed error
	file := func(name string, data []byte) {
		if failed == nil {
			if failed = write(name, data); failed != nil {
				failed = fmt.Errorf("export %s: %w", name, failed)
			}
		}
	}
	byteTree := func(name string, fill func(*treeWriter)) {
		if failed != nil {
			return
		}
		var b bytes.Buffer
		t := treeWriter{w: &b}
		fill(&t)
		t.flush()
		file(name, b.Bytes())
	}
	list := func(name string, rows []elgamal.Ciphertext) {
		byteTree(name, func(t *treeWriter) { t.ciphertexts(rows) })
	}

	file(fileProtInfo, formatProtInfo(d.Session.SID, len(d.Mixes)))
	file(fileVersion, []byte(version))
	file(fileType, []byte(shuffling))
	file(fileAuxSID, []byte(d.Session.AuxSID))
	file(fileWidth, []byte("1"))
	file(fileActive, []byte(strconv.Itoa(len(d.Mixes))))
	byteTree(fileKey, func(t *treeWriter) { writeKey(t, d.Key) })
	list(fileInput, d.In)
	for i, m := range d.Mixes {
		byteTree(mixFile(stemPermutation, i), func(t *treeWriter) { t.points(m.Proof.u) })
		byteTree(mixFile(stemCommitment, i), m.Proof.writeCommitment)
		byteTree(mixFile(stemReply, i), m.Proof.writeReply)
		list(mixFile(stemOutput, i), m.Out)
	}
	list(fileOutput, d.Mixes[len(d.Mixes)-1].Out)
	return failed
}

// check reports what cannot be written.
func (d *Directory) check() error {
	if err := d.Session.Validate(); err != nil {
		return err
	}
	if len(d.Mixes) < 1 || len(d.Mixes) > maxParties {
		return fmt.Errorf("%d mixers: there must be 1 to %d", len(d.Mixes), maxParties)
	}
	if d.Key == nil {
		return errors.New("no key")
	}
	for i, m := range d.Mixes {
		if m.Proof == nil {
			return fmt.Errorf("mixer %d: no proof", i+1)
		}
		if err := checkShuffle(d.In, m.Out, m.Proof); err != nil {
			return fmt.Errorf("mixer %d: %w", i+1, err)
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

	// One for each mixer, see mixFile.
	stemPermutation = "PermutationCommitment"
	stemCommitment  = "PoSCommitment"
	stemReply       = "PoSReply"
	stemOutput      = "Ciphertexts"

	shuffling = "shuffling"
)

// mixFile returns the name of a file of mixer i, counted from 0.
func mixFile(stem string, i int) string {
	return path.Join(folder, "proofs", fmt.Sprintf("%s%02d.bt", stem, i+1))
}

// partyKey stands in every party's entry, where a signature key is due that no
// check of a proof uses. It is the public half of an RSA key that was thrown
// away, as the hex of
//
//	node(leaf class name, node(leaf SubjectPublicKeyInfo, leaf uint32be 2048))
var partyKey = func() string {
	der, err := base64.StdEncoding.DecodeString(discardedKey)
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	t := treeWriter{w: &b}
	t.node(2)
	t.leaf([]byte("com.verificatum.crypto.SignaturePKeyHeuristic"))
	t.node(2)
	t.leaf(der)
	t.int32(2048)
	t.flush()
	return "SignaturePKeyHeuristic(RSA, bitlength=2048)::" + hex.EncodeToString(b.Bytes())
}()

const discardedKey = "" +
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApbwZlE+o6+GCR95AEIMuAw2/YXeZdQOV" +
	"eXS6Q1HbXNnhwI/KCgbm4w1EzO9zh0GbMo69AHB2Bs6SuuTR2kaAwBXVHdPeI4mAe35+UiOj/iL/" +
	"eg8V43rBxsp3sfnieFVbFSE+b8w6R+mOVY+ND4QbeCFIUSjS1SySBtNGNMP3lXlflU1JyTunSisE" +
	"gzHD21DgNmFvtP/TsJIJLXaKoSTy7TB7Xj/dA7VcNa8l99wAQMI/EabJinSBQv3gBv3Yf99RXO7/" +
	"rqdblxagDSnoBfFygZ4laQJc27u8Iq9iToVcvHW2exeCsaBnj6YgPMsEilcI2MWs4VD8XaCJ/jRA" +
	"SMA+cQIDAQAB"
