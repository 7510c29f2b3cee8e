// Package keyceremony makes the election key: every trustee deals, and any
// quorum of them can open, while fewer cannot.
//
// Specification: spec/acts.md, section 1; the mathematics is crypto/threshold.
//
// In and out. A Trustee is made from the definition, its id and its two
// private keys. Commit fixes its dealing, Deal shows it once all are fixed on
// the record, Confirm checks what the others sent, rehearses and confirms the
// key. Where a share is bad, Complain says so, the dealer's Disclose puts it into
// the open, and Confirm goes on with that one. Each takes a verify.View of the
// record as it stands and returns one signed entry for headquarters' log. Forget
// erases the polynomial, when nobody can complain any more. Publish is
// headquarters' own entry at the end.
//
// What it never does: it computes nothing with a share but the rehearsal here
// and, in package decrypt, the openings, and shows none but one that its receiver
// complains of. A Trustee prints as a fixed text. It
// stores nothing: what State returns, and Secret's bytes, are for the trustee's
// own encrypted files, from which Resume and Hold go on after a break.
//
// How it fails: a record that does not stand, an act out of order, or a share
// that does not fit its dealer's commitments (BadShareError, which names the
// dealer). A dealer that does not answer a complaint, or not with the right
// share, ends the ceremony: it starts again with another definition.
//
// Sources: Pedersen 1991, Feldman 1987; Gennaro, Jarecki, Krawczyk, Rabin 2007
// (why the dealings are committed to first, complaints); RFC 9180 (HPKE:
// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM).
package keyceremony

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/hpke"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/sandogh/sandogh/crypto/group"
	"github.com/sandogh/sandogh/crypto/threshold"
	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
)

// A Trustee is one trustee in the ceremony and afterwards. It holds secrets.
type Trustee struct {
	id       string
	index    int // from 1
	election [32]byte
	def      *election.Definition
	signer   record.Signer
	hpke     hpke.PrivateKey
	dealing  *threshold.Dealing
	proof    []byte // of possession, with the dealing
	dealt    []byte // the entry that shows the dealing, once made
	secret   *threshold.Secret
}

const redacted = "trustee[REDACTED]"

// Format writes a fixed text, whatever the verb.
func (Trustee) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// LogValue returns a fixed text.
func (Trustee) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON returns a fixed text.
func (Trustee) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// New returns the trustee with the id in the definition. Its keys must be the
// ones named there.
func New(def *election.Definition, id string, signing ed25519.PrivateKey, share *ecdh.PrivateKey) (*Trustee, error) {
	i := slices.IndexFunc(def.Trustees, func(t election.Trustee) bool { return t.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("the definition has no trustee %q", id)
	}
	if !bytes.Equal(signing.Public().(ed25519.PublicKey), def.Trustees[i].SigningKey[:]) {
		return nil, fmt.Errorf("the signing key is not that of trustee %s in the definition", id)
	}
	if share.Curve() != ecdh.X25519() || !bytes.Equal(share.PublicKey().Bytes(), def.Trustees[i].HPKEKey[:]) {
		return nil, fmt.Errorf("the key for shares is not that of trustee %s in the definition", id)
	}
	k, err := hpke.NewDHKEMPrivateKey(share)
	if err != nil {
		return nil, fmt.Errorf("load key for shares: %w", err)
	}
	return &Trustee{id: id, index: i + 1, election: def.ID(), def: def,
		signer: record.Signer{By: "trustee/" + id, Key: signing}, hpke: k}, nil
}

// Commit draws the trustee's polynomial and fixes it. Of a dealing that is fixed
// already, here or before Resume, it returns the same entry again.
func (t *Trustee) Commit(v *verify.View) ([]byte, error) {
	if err := t.ready(v); err != nil {
		return nil, err
	}
	if t.dealing == nil {
		d, err := threshold.Deal(t.def.Quorum, len(t.def.Trustees))
		if err != nil {
			return nil, err
		}
		if t.proof, err = d.ProvePossession(record.PossessionTag(t.election, t.id)); err != nil {
			return nil, err
		}
		t.dealing = d
	}
	h := threshold.CommitHash(record.DealingTag(t.election, t.id), t.dealing.Commitments(), t.proof)
	return record.Sign(t.election, record.HQ, &record.Commitment{Trustee: t.id, Hash: h[:]}, t.signer)
}

// Deal shows the dealing, with a share for each trustee encrypted to it. Every
// trustee must have fixed its own before. It is encrypted once: asked again, also
// after Resume, Deal returns the same entry.
func (t *Trustee) Deal(v *verify.View) ([]byte, error) {
	if err := t.ready(v); err != nil {
		return nil, err
	}
	if t.dealing == nil {
		return nil, fmt.Errorf("trustee %s has not fixed a dealing", t.id)
	}
	if n := v.Committed(); n < len(t.def.Trustees) {
		return nil, fmt.Errorf("%d of %d trustees have fixed their dealings: nobody shows one before", n, len(t.def.Trustees))
	}
	if t.dealt != nil {
		return t.dealt, nil
	}
	body := &record.Dealing{Trustee: t.id, Commitments: threshold.EncodeCommitments(t.dealing.Commitments()), Proof: t.proof}
	for i := range t.def.Trustees {
		to := &t.def.Trustees[i]
		key, err := hpke.DHKEM(ecdh.X25519()).NewPublicKey(to.HPKEKey[:])
		if err != nil {
			return nil, fmt.Errorf("load key of trustee %s: %w", to.ID, err)
		}
		share := t.dealing.Share(i + 1)
		m, err := hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES128GCM(), record.ShareInfo(t.election, t.id, to.ID), share.Bytes())
		if err != nil {
			return nil, fmt.Errorf("encrypt share for trustee %s: %w", to.ID, err)
		}
		body.Shares = append(body.Shares, m)
	}
	var err error
	t.dealt, err = record.Sign(t.election, record.HQ, body, t.signer)
	return t.dealt, err
}

// Confirm checks every dealer's share, combines them, rehearses, and confirms
// the key. A share that is bad is a BadShareError, until the trustee's complaint
// of it is settled: then it takes the disclosed one. The polynomial is kept for
// the complaints of others, until Forget.
func (t *Trustee) Confirm(v *verify.View) ([]byte, error) {
	if err := t.ready(v); err != nil {
		return nil, err
	}
	commitments, sent, err := v.Dealings()
	if err != nil {
		return nil, err
	}
	disclosed, err := t.disclosed(v)
	if err != nil {
		return nil, err
	}
	var shares []group.Scalar
	for i := range commitments {
		s, ok := disclosed[t.def.Trustees[i].ID]
		if !ok {
			if s, err = t.received(i, commitments[i], sent[i][t.index-1]); err != nil {
				return nil, err
			}
		}
		shares = append(shares, s)
	}
	secret, err := threshold.CombineShares(shares)
	if err != nil {
		return nil, err
	}
	y, err := threshold.PublicKey(commitments)
	if err != nil {
		return nil, err
	}
	own, err := threshold.VerificationKey(commitments, t.index)
	if err != nil {
		return nil, err
	}
	if !t.rehearse(secret, own) {
		return nil, errors.New("the combined share does not belong to the trustee's verification key: start the ceremony again")
	}
	t.secret = secret
	return record.Sign(t.election, record.HQ, &record.Confirmation{Trustee: t.id, Key: y.Bytes(), Verification: own.Bytes()}, t.signer)
}

// Secret returns the trustee's share after Confirm or Hold, else nil.
func (t *Trustee) Secret() *threshold.Secret { return t.secret }

// Signer returns the trustee as a signer of entries.
func (t *Trustee) Signer() record.Signer { return t.signer }

// ID returns the trustee's id.
func (t *Trustee) ID() string { return t.id }

func (t *Trustee) ready(v *verify.View) error {
	if v.Election() != t.election {
		return fmt.Errorf("the record is of election %x, the ceremony of %x", v.Election(), t.election)
	}
	return v.Sound()
}

// Publish returns headquarters' entry with the election key, when every trustee
// has confirmed it.
func Publish(v *verify.View, hq record.Signer) ([]byte, error) {
	if err := v.Sound(); err != nil {
		return nil, err
	}
	def := v.Definition()
	if n := v.Confirmed(); n < len(def.Trustees) {
		return nil, fmt.Errorf("%d of %d trustees have confirmed the key", n, len(def.Trustees))
	}
	commitments, _, err := v.Dealings()
	if err != nil {
		return nil, err
	}
	y, err := threshold.PublicKey(commitments)
	if err != nil {
		return nil, err
	}
	body := &record.ElectionKey{Key: y.Bytes()}
	for i := range def.Trustees {
		yi, err := threshold.VerificationKey(commitments, i+1)
		if err != nil {
			return nil, err
		}
		body.Verification = append(body.Verification, yi.Bytes())
	}
	return record.Sign(v.Election(), record.HQ, body, hq)
}
