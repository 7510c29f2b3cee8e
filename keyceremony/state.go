package keyceremony

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/crypto/zkp"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// ErrOtherShare says that a share is readable and does not belong to the
// trustee's verification key on the record.
var ErrOtherShare = errors.New("the share does not belong to the trustee's verification key on this record")

const dealingLabel = "sandogh dealing state v1\x00"

// State returns what the trustee must keep from Commit until the election key is
// on the record, for its own encrypted file and nothing else; nil if it has fixed
// nothing:
//
//	"sandogh dealing state v1" ‖ 0x00 ‖ coefficients (32 bytes for each of the quorum)
//	‖ proof of possession (65) ‖ the entry that shows the dealing, if it was made
//
// The proof binds it to the election and the trustee.
func (t *Trustee) State() []byte {
	if t.dealing == nil {
		return nil
	}
	b := append([]byte(dealingLabel), t.dealing.Bytes()...)
	return append(append(b, t.proof...), t.dealt...)
}

// Resume takes back what State returned.
func (t *Trustee) Resume(state []byte) error {
	rest, ok := bytes.CutPrefix(state, []byte(dealingLabel))
	size := t.def.Quorum * group.ScalarSize
	if !ok || len(rest) < size+zkp.LogSize {
		return errors.New("resume the dealing: this is not the state of one with this quorum")
	}
	d, err := threshold.DecodeDealing(rest[:size], t.def.Quorum, len(t.def.Trustees))
	if err != nil {
		return fmt.Errorf("resume the dealing: %w", err)
	}
	proof, dealt := bytes.Clone(rest[size:size+zkp.LogSize]), bytes.Clone(rest[size+zkp.LogSize:])
	if err := threshold.VerifyPossession(record.PossessionTag(t.election, t.id), d.Commitments(), proof); err != nil {
		return fmt.Errorf("resume the dealing: it is of another election or trustee: %w", err)
	}
	if len(dealt) > 0 {
		e, err := record.Decode(dealt)
		if err != nil {
			return fmt.Errorf("resume the dealing: %w", err)
		}
		if b, ok := e.Body.(*record.Dealing); !ok || !bytes.Equal(b.Commitments, threshold.EncodeCommitments(d.Commitments())) {
			return errors.New("resume the dealing: what was shown is another one")
		}
		err = e.Verify(t.election, record.HQ, func(by string) (ed25519.PublicKey, bool) {
			return t.signer.Key.Public().(ed25519.PublicKey), by == t.signer.By
		})
		if err != nil {
			return fmt.Errorf("resume the dealing: %w", err)
		}
		t.dealt = dealt
	}
	t.dealing, t.proof = d, proof
	return nil
}

// Hold takes the trustee's share back, after the known-answer test of the
// rehearsal against its verification key on the record. The error is
// ErrOtherShare if it does not pass.
func (t *Trustee) Hold(v *verify.View, secret *threshold.Secret) error {
	if err := t.ready(v); err != nil {
		return err
	}
	commitments, _, err := v.Dealings()
	if err != nil {
		return err
	}
	own, err := threshold.VerificationKey(commitments, t.index)
	if err != nil {
		return err
	}
	if !t.rehearse(secret, own) {
		return ErrOtherShare
	}
	t.secret = secret
	return nil
}

// rehearse is the known-answer test. Its r is public and fixed: the hash of what
// names it.
func (t *Trustee) rehearse(secret *threshold.Secret, own group.Element) bool {
	h := sha256.Sum256(record.PossessionTag(t.election, t.id))
	r := group.ReduceScalar(h[:])
	return secret.Key().Equal(own) && threshold.VerifyRehearsal(r, own, secret.Rehearse(r))
}
