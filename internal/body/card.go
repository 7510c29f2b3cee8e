package body

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/sandogh/sandogh/election"
)

// A Card is the public part of an identity: a file and the JSON in it.
type Card struct {
	File string
	JSON []byte
}

// HQLogCard is the card of headquarters' log.
type HQLogCard struct {
	HQLogKey election.Key `json:"hq_log_key"`
}

// BranchCard is the card of a branch: the key of its log, for the table of the
// branches, and the keys of its officers and devices, for the offices that grant.
type BranchCard struct {
	Branch   string       `json:"branch"`
	LogKey   election.Key `json:"log_key"`
	Officers []KeyCard    `json:"officers"`
	Devices  []KeyCard    `json:"devices"`
}

// KeyCard is the key of an officer or device.
type KeyCard struct {
	ID  string       `json:"id"`
	Key election.Key `json:"key"` // Ed25519
}

// OfficerCard is the card of an officer with a key of their own, for the office
// that grants them to a branch.
type OfficerCard struct {
	Officer string       `json:"officer"`
	Key     election.Key `json:"key"` // Ed25519
}

// Cards returns the cards of a body: exactly the objects that stand in the
// definition. The office in the role of headquarters has one for its log, too.
func (x *Identity) Cards() ([]Card, error) {
	var objects []any
	switch x.Kind {
	case Trustee:
		k, err := x.ShareKey()
		if err != nil {
			return nil, fmt.Errorf("make card: %w", err)
		}
		objects = append(objects, election.Trustee{ID: x.ID, Name: x.Name, SigningKey: x.Public(Signing), HPKEKey: election.Key(k.PublicKey().Bytes())})
	case Mixer:
		objects = append(objects, election.Mixer{ID: x.ID, Name: x.Name, Key: x.Public(Signing)})
	case Office:
		objects = append(objects, election.Office{ID: x.ID, Name: x.Name, Role: x.Role, Key: x.Public(Signing)})
		if x.Role == election.Headquarters {
			objects = append(objects, HQLogCard{x.Public(Log)})
		}
	case Witness:
		objects = append(objects, election.Witness{Name: x.ID, Key: x.Public(Signing)})
	case Officer:
		objects = append(objects, OfficerCard{x.ID, x.Public(Signing)})
	case Branch:
		c := BranchCard{Branch: x.ID, LogKey: x.Public(Log), Officers: []KeyCard{}, Devices: []KeyCard{}}
		for _, name := range x.Keys() {
			if id, ok := strings.CutPrefix(name, "officer/"); ok {
				c.Officers = append(c.Officers, KeyCard{id, x.Public(name)})
			} else if id, ok := strings.CutPrefix(name, "device/"); ok {
				c.Devices = append(c.Devices, KeyCard{id, x.Public(name)})
			}
		}
		objects = append(objects, c)
	}
	// A witness's name may hold slashes.
	names := []string{fmt.Sprintf("%s-%s.card.json", x.Kind, url.PathEscape(x.ID)), "hq-log.card.json"}
	var cards []Card
	for i, o := range objects {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(o); err != nil {
			return nil, fmt.Errorf("make card: %w", err)
		}
		cards = append(cards, Card{names[i], b.Bytes()})
	}
	return cards, nil
}

// writeCards writes the cards into the body's folder.
func (x *Identity) writeCards() (paths []string, err error) {
	cards, err := x.Cards()
	if err != nil {
		return nil, err
	}
	for _, c := range cards {
		path := filepath.Join(x.dir, c.File)
		if err := x.Disk.WriteFile(path, c.JSON, 0o644); err != nil {
			return nil, fmt.Errorf("write card: %w", err)
		}
		paths = append(paths, path)
	}
	return paths, nil
}
