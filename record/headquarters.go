package record

import "crypto/sha256"

// The entries of headquarters' log, in the order in which they come. What answers
// a question is in ruling.go, an order to extend in day.go.

// A Blob names bytes that lie beside the logs as blob/<hex of Hash>.
type Blob struct {
	_    struct{} `cbor:",toarray"`
	Type string   // one of the Type… constants
	Size uint64   // bytes
	Hash []byte   // SHA-256, 32 bytes
}

// Types of blobs.
const (
	TypeDefinition   = "definition"    // canonical CBOR of the definition
	TypeRows         = "rows"          // ciphertexts, 66 bytes a row
	TypeShuffleProof = "shuffle-proof" // crypto/shuffle.Proof
	TypeShares       = "shares"        // elements, 33 bytes a row
	TypeUnits        = "units"         // EncodeUnits
	TypeStatements   = "statements"    // EncodeStatements
)

// NewBlob returns the name of data.
func NewBlob(kind string, data []byte) Blob {
	h := sha256.Sum256(data)
	return Blob{Type: kind, Size: uint64(len(data)), Hash: h[:]}
}

// Definition is the first entry of headquarters' log, signed by the office in
// the role of headquarters. Written by: hq.
type Definition struct {
	_    struct{} `cbor:",toarray"`
	Blob Blob
}

// Commitment fixes a trustee's dealing before anybody shows one (against a
// trustee who would choose last). Signed by the trustee. Written by: keyceremony.
type Commitment struct {
	_       struct{} `cbor:",toarray"`
	Trustee string
	Hash    []byte // crypto/threshold.CommitHash
}

// Dealing is a trustee's contribution to the key, signed by the trustee.
// Written by: keyceremony.
type Dealing struct {
	_           struct{} `cbor:",toarray"`
	Trustee     string
	Commitments []byte   // t elements, 33 bytes each
	Proof       []byte   // of possession of the constant term
	Shares      [][]byte // HPKE messages to the trustees in the definition's order
}

// Complaint says that a trustee cannot decrypt the share that a dealer sent it,
// or that the share does not fit what the dealer committed to. Signed by the
// trustee. Written by: keyceremony.
type Complaint struct {
	_       struct{} `cbor:",toarray"`
	Trustee string
	Dealer  string
}

// Disclosure answers a complaint: the disputed share in the open. Signed by the
// dealer. Written by: keyceremony.
type Disclosure struct {
	_       struct{} `cbor:",toarray"`
	Dealer  string
	Trustee string // who complained
	Share   []byte // a scalar, 32 bytes
}

// Confirmation says that a trustee has checked every dealing, holds the share
// that belongs to Verification, and has rehearsed opening. Signed by the
// trustee. Written by: keyceremony.
type Confirmation struct {
	_            struct{} `cbor:",toarray"`
	Trustee      string
	Key          []byte // election key, 33 bytes
	Verification []byte // the trustee's verification key, 33 bytes
}

// ElectionKey ends the ceremony. Signed by headquarters. Written by: hq.
type ElectionKey struct {
	_            struct{} `cbor:",toarray"`
	Key          []byte   // 33 bytes
	Verification [][]byte // in the definition's order of trustees
}

// Grants are for devices and for officers of a branch.
const (
	GrantDevice  = "device"
	GrantOfficer = "officer"
)

// Grant makes a device or an officer of a branch valid. Signed by the root of
// the granting office, which is not the same for all officers of a branch.
// Written by: hq.
type Grant struct {
	_      struct{} `cbor:",toarray"`
	Office string
	What   string // GrantDevice or GrantOfficer
	ID     string
	Branch string
	Key    []byte // Ed25519, 32 bytes
}

// Head is a signed checkpoint of a branch's log as it came to headquarters.
// Written by: hq.
type Head struct {
	_          struct{} `cbor:",toarray"`
	Branch     string
	Checkpoint []byte // the signed note
}

// Units fixes the tally units of a contest, once, when all its branches have
// closed. Written by: hq.
type Units struct {
	_       struct{} `cbor:",toarray"`
	Contest string
	Units   Blob // TypeUnits
}

// Shuffle is one mixer's turn with one unit, signed by the mixer. Written by: mix.
type Shuffle struct {
	_       struct{} `cbor:",toarray"`
	Contest string
	Unit    string
	Mixer   string
	Turn    uint64 // from 1
	Input   []byte // SHA-256 of the rows before
	Output  Blob   // TypeRows
	Proof   Blob   // TypeShuffleProof
}

// Shares are one trustee's partial decryptions of one unit, signed by the
// trustee. Written by: decrypt.
type Shares struct {
	_       struct{} `cbor:",toarray"`
	Contest string
	Unit    string
	Trustee string
	Shares  Blob   // TypeShares
	Proof   []byte // crypto/zkp, equal logarithms
}

// Tally is the opened unit: how often each code occurs, candidates first and
// then blanks. Signed by headquarters. Written by: tally.
type Tally struct {
	_       struct{} `cbor:",toarray"`
	Contest string
	Unit    string
	Ballots uint64
	Counts  []uint64 // n + k
}

// Canvass compares the statements of the branches with the record and adds up
// the units of a contest. Signed by headquarters. Written by: canvass.
type Canvass struct {
	_          struct{} `cbor:",toarray"`
	Contest    string
	Ballots    uint64
	Votes      []uint64 // by candidate, in the definition's order
	Blank      uint64   // empty slots: the sum of the blank codes
	Statements Blob     // TypeStatements
}

// Question is something that the law leaves open in a contest. While one is
// open there is no result. Signed by headquarters. Written by: canvass.
type Question struct {
	_       struct{} `cbor:",toarray"`
	Contest string
	What    string
	Place   string
	Of      string   // what the names in Between are: candidates or groups
	Between []string // ids of candidates or lists, ascending
	Seats   uint64
	Article string
	Votes   []byte // SHA-256 of the canvass entry
}

// Result is the certified outcome of a contest, signed by headquarters and a
// supervisory office. Written by: canvass.
type Result struct {
	_          struct{} `cbor:",toarray"`
	Contest    string
	Canvass    []byte   // SHA-256 of the canvass entry
	Answers    [][]byte // SHA-256 of the entries of the rulings and lots behind it, in their order
	Elected    []string
	Alternates []string
	Runoff     []string // the candidates of the second round, where there is one
}

func (*Definition) Kind() string   { return "definition" }
func (*Commitment) Kind() string   { return "commitment" }
func (*Dealing) Kind() string      { return "dealing" }
func (*Complaint) Kind() string    { return "complaint" }
func (*Disclosure) Kind() string   { return "disclosure" }
func (*Confirmation) Kind() string { return "confirmation" }
func (*ElectionKey) Kind() string  { return "election-key" }
func (*Grant) Kind() string        { return "grant" }
func (*Head) Kind() string         { return "head" }
func (*Units) Kind() string        { return "units" }
func (*Shuffle) Kind() string      { return "shuffle" }
func (*Shares) Kind() string       { return "shares" }
func (*Tally) Kind() string        { return "tally" }
func (*Canvass) Kind() string      { return "canvass" }
func (*Question) Kind() string     { return "question" }
func (*Result) Kind() string       { return "result" }
