package simulate

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"slices"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/law"
	"github.com/sandogh/sandogh/record"
)

// articleAtLarge is what the simulated contests at large cite.
const articleAtLarge = "councils/plurality"

// versions of the articles that simulated contests cite, as the register of the
// law (package law) has them.
var versions = map[string]string{
	articleAtLarge:       "round-7",
	"majlis/by-election": "round-7",
	"proportional/seats": "1404-07",
}

// city is the only district of elections with one contest.
var city = []election.District{{ID: "city", Name: name("شهر", "City"), Kind: election.City}}

// Keys are the private keys of every body of a simulated election. In a real
// one no two of them are on one machine.
type Keys struct {
	signing map[string]ed25519.PrivateKey // by signer, such as office/hq
	shares  map[string]*ecdh.PrivateKey   // by trustee
}

// Signing returns the private key of a signer, log or witness, making it if
// there is none: office/…, trustee/…, mixer/…, device/…, officer/…, log/hq,
// log/branch/…, witness/….
func (k *Keys) Signing(name string) ed25519.PrivateKey {
	if k.signing[name] == nil {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		k.signing[name] = key
	}
	return k.signing[name]
}

// Signer returns the signer of the name with its key.
func (k *Keys) Signer(by string) record.Signer { return record.Signer{By: by, Key: k.Signing(by)} }

// Share returns the private key with which a trustee receives shares.
func (k *Keys) Share(trustee string) *ecdh.PrivateKey { return k.shares[trustee] }

func (k *Keys) public(name string) election.Key {
	return election.Key(k.Signing(name).Public().(ed25519.PublicKey))
}

func candidateID(i int) string { return fmt.Sprintf("%d", 101+i) }

// define puts contests and branches into a definition with one headquarters,
// one supervisory office, five trustees of whom three open, two mixers and a
// reserve, and one witness.
func define(name election.Name, districts []election.District, contests []election.Contest, branches []election.Branch) (*election.Definition, *Keys, error) {
	k := &Keys{signing: map[string]ed25519.PrivateKey{}, shares: map[string]*ecdh.PrivateKey{}}
	d := &election.Definition{
		Format: election.Format, Name: name, Practice: true, PollingDay: "2026-05-01",
		Districts: districts,
		Offices: []election.Office{
			{ID: "hq", Name: election.Name{Fa: "ستاد انتخابات", En: "Headquarters"}, Role: election.Headquarters, Key: k.public("office/hq")},
			{ID: "supervisors", Name: election.Name{Fa: "هیئت نظارت", En: "Supervisory board"}, Role: election.Supervisory, Key: k.public("office/supervisors")},
		},
		Contests: contests, Branches: branches, HQLogKey: k.public("log/hq"),
		Quorum: 3, WitnessQuorum: 1, MaxBallotsPerDevice: 100_000,
		Witnesses: []election.Witness{{Name: "witness.simulated.example", Key: k.public("witness/1")}},
	}
	for i := range contests {
		article := contests[i].Article
		if slices.ContainsFunc(d.Laws, func(l election.Law) bool { return l.Article == article }) {
			continue
		}
		v, ok := law.Lookup(article, versions[article])
		if !ok {
			return nil, nil, fmt.Errorf("the register of the law has no version %q of %q", versions[article], article)
		}
		d.Laws = append(d.Laws, election.Law{Article: article, Version: v.Version, State: string(v.State)})
	}
	for i := range d.Branches {
		d.Branches[i].LogKey = k.public("log/branch/" + d.Branches[i].ID)
	}
	for i := range 5 {
		id := fmt.Sprintf("t%d", i+1)
		key, err := ecdh.X25519().GenerateKey(rand.Reader)
		if err != nil {
			return nil, nil, fmt.Errorf("make key of trustee %s: %w", id, err)
		}
		k.shares[id] = key
		d.Trustees = append(d.Trustees, election.Trustee{ID: id, Name: election.Name{Fa: "امین " + id, En: "Trustee " + id},
			SigningKey: k.public("trustee/" + id), HPKEKey: election.Key(key.PublicKey().Bytes())})
	}
	for i := range 3 {
		id := fmt.Sprintf("m%d", i+1)
		d.Mixers = append(d.Mixers, election.Mixer{ID: id, Name: election.Name{Fa: "آمیزنده " + id, En: "Mixer " + id}, Key: k.public("mixer/" + id), Reserve: i == 2})
	}
	if faults := d.Validate(); len(faults) > 0 {
		return nil, nil, fmt.Errorf("the simulated definition is faulty:\n%w", &faults)
	}
	return d, k, nil
}
