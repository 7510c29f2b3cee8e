package election

import (
	"slices"
	"strings"
)

var roles = []string{Headquarters, Supervisory, Executive, Registry, Technical}

// offices checks the bodies whose root keys sign grants.
func (v *validator) offices() {
	d := v.d
	v.count("offices", len(d.Offices), 0)
	v.unique("offices", len(d.Offices), func(i int) string { return d.Offices[i].ID })
	held := make(map[string]int)
	for i, o := range d.Offices {
		p := at("offices", i)
		v.name(p+".name", o.Name)
		if !slices.Contains(roles, o.Role) {
			v.add(p+".role", "%s is not a role: write one of %s", quote(o.Role), strings.Join(roles, ", "))
		}
		held[o.Role]++
		v.ed25519(p+".key", o.Key)
	}
	if n := held[Headquarters]; n != 1 {
		v.add("offices", "%d offices are headquarters: name exactly one", n)
	}
	if held[Supervisory] == 0 {
		v.add("offices", "no office is supervisory: name at least one")
	}
}

// bodies checks those who hold keys for the count: trustees, mixers, witnesses.
func (v *validator) bodies() {
	d := v.d
	v.count("trustees", len(d.Trustees), 1)
	v.unique("trustees", len(d.Trustees), func(i int) string { return d.Trustees[i].ID })
	for i, t := range d.Trustees {
		p := at("trustees", i)
		v.name(p+".name", t.Name)
		v.ed25519(p+".signing_key", t.SigningKey)
		v.x25519(p+".hpke_key", t.HPKEKey)
	}
	v.quorum()

	v.count("mixers", len(d.Mixers), 0)
	v.unique("mixers", len(d.Mixers), func(i int) string { return d.Mixers[i].ID })
	regular := 0
	for i, m := range d.Mixers {
		p := at("mixers", i)
		v.name(p+".name", m.Name)
		v.ed25519(p+".key", m.Key)
		if !m.Reserve {
			regular++
		}
	}
	if regular < 2 {
		v.add("mixers", "%d mixers that are not reserves: name at least two, under different bodies", regular)
	}

	v.count("witnesses", len(d.Witnesses), 1)
	seen := make(map[string]int)
	for i, w := range d.Witnesses {
		p := at("witnesses", i)
		if !ValidKeyName(w.Name) {
			v.add(p+".name", "%s is not a key name: write 1 to 100 of a-z A-Z 0-9 . / _ -", quote(w.Name))
		} else if first, ok := seen[w.Name]; ok {
			v.add(p+".name", "%s is the name of %s too: give each its own", quote(w.Name), at("witnesses", first))
		} else {
			seen[w.Name] = i
		}
		v.ed25519(p+".key", w.Key)
	}
	if n := len(d.Witnesses); n > 0 {
		v.between("witness_quorum", d.WitnessQuorum, 1, n)
	}
}

func (v *validator) quorum() {
	n, q := len(v.d.Trustees), v.d.Quorum
	switch {
	case n == 0:
	case q < 1 || q > n:
		v.add("quorum", "%d of %d trustees: write 1 to %d", q, n, n)
	case v.d.Practice:
	case q < 2:
		v.add("quorum", "one trustee alone could open: write at least 2")
	case 2*q <= n:
		v.add("quorum", "%d of %d trustees is not a majority: write at least %d", q, n, n/2+1)
	}
}

// ValidKeyName reports whether s can name a key in a signed note, which allows no
// space and no plus sign; we allow less.
func ValidKeyName(s string) bool {
	if len(s) < 1 || len(s) > 100 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("./_-", c) >= 0) {
			return false
		}
	}
	return true
}
