package report

// The numbered checks. spec/verify.md says of each what it reads, what it
// refuses and what it protects against; a test keeps the two lists equal.
var list = []struct{ id, title string }{
	{"V001", "the record holds the logs and the blobs that belong to it, and nothing else"},
	{"V002", "every blob that an entry names is there, with its size and hash"},
	{"V003", "the definition is the first entry, canonical and valid"},
	{"V004", "the election is the one that was expected"},
	{"V005", "each log's checkpoint is signed by the log and cosigned by the witnesses' quorum"},
	{"V006", "each log's files are the tiles of its entries, up to the signed root, and no other"},
	{"V007", "every entry is the one encoding of a known type and stands in the log it belongs to"},
	{"V008", "every entry is signed by those who answer for it"},
	{"V009", "headquarters' entries come in the order of the acts"},

	{"V010", "every trustee fixed its dealing before any was shown, and showed what it had fixed"},
	{"V011", "every dealing has a coefficient for each of the quorum and a proof of possession"},
	{"V012", "every trustee confirmed the key and its own verification key"},
	{"V013", "the election key and the verification keys are the products of the dealings"},
	{"V014", "grants name known offices and branches and new keys"},
	{"V015", "every complaint is settled by the disputed share in the open, which fits the dealer's commitments"},

	{"V020", "every branch of the definition is there when it is due"},
	{"V021", "each branch opened once, empty, with granted devices and their commitments"},
	{"V022", "sealed ballots carry the branch's style and their device's running numbers"},
	{"V023", "every slot proof holds"},
	{"V024", "no ballot id and no first component of a row occurs twice in the whole record"},
	{"V025", "every sealed ballot has exactly one ending, for its own code"},
	{"V026", "challenged ballots are recomputed byte for byte from committed seeds"},
	{"V027", "each branch closed last, naming the tree before it and what was counted"},
	{"V028", "what headquarters took in of a branch is a beginning of the branch's log"},
	{"V029", "pauses, extensions and devices added or taken out are stated by officers, and kept to"},

	{"V030", "the tally units are those of the plan"},
	{"V031", "each unit was mixed by the mixers in their order, each taking what the last gave"},
	{"V032", "every proof of shuffle holds"},
	{"V033", "shares come once from each trustee, for a unit that is mixed completely"},
	{"V034", "every proof of correct partial decryption holds"},
	{"V035", "a quorum of trustees opened each unit"},
	{"V036", "every opened row is a code of the contest, none more often than there are ballots"},
	{"V037", "each tally is the opened unit's"},

	{"V040", "the canvass states what the branches stated and the units add up to"},
	{"V041", "what the law leaves open is on the record as a question, and nothing else is"},
	{"V042", "the result is what the counting rule gives, and two offices signed it"},
	{"V043", "a result is replaced only by a correction of the one in force, which says why"},
}

var titles = func() map[string]string {
	m := make(map[string]string, len(list))
	for _, c := range list {
		m[c.id] = c.title
	}
	return m
}()

// Title returns the title of a check.
func Title(id string) string { return titles[id] }

// IDs returns the ids of all checks, in their order.
func IDs() []string {
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i] = c.id
	}
	return ids
}

// A Phase is how far an election has come, as far as its record shows.
type Phase string

// The phases, in order.
const (
	PhaseNothing   Phase = "nothing"   // not even a definition
	PhaseDefined   Phase = "defined"   // the definition is published
	PhaseCeremony  Phase = "ceremony"  // trustees make the key
	PhaseFailed    Phase = "failed"    // the ceremony failed by a dealing: no key can follow
	PhaseReady     Phase = "ready"     // the key is published
	PhaseVoting    Phase = "voting"    // the first branch has opened
	PhaseClosed    Phase = "closed"    // every branch has closed
	PhaseMixing    Phase = "mixing"    // units are fixed
	PhaseOpening   Phase = "opening"   // the first unit is being opened
	PhaseCounted   Phase = "counted"   // every unit has its tally
	PhaseCanvassed Phase = "canvassed" // every contest is canvassed; questions may be open
	PhaseCertified Phase = "certified" // every contest has its result
)
