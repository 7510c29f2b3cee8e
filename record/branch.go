package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// The entries of a branch's log, in the order in which they come.

// Opening is the first entry of a branch's log, signed by two officers of the
// branch: the devices that will vote, what each has committed to, and that
// nothing has been counted yet. Written by: station.
type Opening struct {
	_       struct{} `cbor:",toarray"`
	Branch  string
	Devices []Committed
	Counts  Counts // all zero
}

// Committed is the commitment of one device to the seeds of its ballots: the
// RFC 6962 root over the SeedLeaf of the numbers 0..Limit−1.
type Committed struct {
	_      struct{} `cbor:",toarray"`
	Device string
	Limit  uint64
	Root   []byte // 32 bytes
}

// Counts is what a branch has counted.
type Counts struct {
	_                                    struct{} `cbor:",toarray"`
	CheckedIn, Cast, Spoiled, Challenged uint64
}

// Sealed is a sealed ballot, signed by its device. Its id is branch, device
// and number; numbers of a device run from 0 without a gap. Written by: encrypt.
type Sealed struct {
	_        struct{} `cbor:",toarray"`
	Device   string
	Number   uint64
	Style    string
	Contests []SealedContest // in the definition's order
}

// SealedContest is one contest of a sealed ballot: k rows of 66 bytes and the
// slot proof.
type SealedContest struct {
	_       struct{} `cbor:",toarray"`
	Contest string
	Rows    []byte
	Proof   []byte
}

// Cast says that the card of a sealed ballot was dropped into the box: it
// counts. Signed by the device. Written by: encrypt.
type Cast struct {
	_      struct{} `cbor:",toarray"`
	Device string
	Number uint64
	Code   []byte // SHA-256 of the sealed ballot's entry
}

// Spoiled says that the voter wanted another card: the sealed ballot is never
// opened and never counted. Signed by the device, or by two officers once the
// device is retired. Written by: encrypt, station.
type Spoiled struct {
	_      struct{} `cbor:",toarray"`
	Device string
	Number uint64
	Code   []byte
}

// Challenged opens a sealed ballot that is not counted, so that anyone can
// recompute it (Benaloh's challenge). Signed by the device. Written by: encrypt.
type Challenged struct {
	_        struct{} `cbor:",toarray"`
	Device   string
	Number   uint64
	Code     []byte
	Seed     []byte   // 32 bytes
	Path     [][]byte // RFC 6962 audit path of the number's SeedLeaf
	Contests []Revealed
}

// Revealed is the content of one contest of a challenged ballot.
type Revealed struct {
	_          struct{} `cbor:",toarray"`
	Contest    string
	Selections []uint64 // codes 1..n, ascending
	Blanks     []uint64 // codes n+1..n+k, ascending
}

// Close is the last entry of a branch's log, signed by two officers: the tree
// head before itself and what was counted. Written by: station.
type Close struct {
	_      struct{} `cbor:",toarray"`
	Branch string
	Size   uint64
	Root   []byte // 32 bytes
	Counts Counts
}

func (*Opening) Kind() string    { return "opening" }
func (*Sealed) Kind() string     { return "sealed" }
func (*Cast) Kind() string       { return "cast" }
func (*Spoiled) Kind() string    { return "spoiled" }
func (*Challenged) Kind() string { return "challenged" }
func (*Close) Kind() string      { return "close" }

// Seed returns the seed of a ballot, from which everything random in it is
// derived:
//
//	HMAC-SHA-256(root, "sandogh seed v1" ‖ 0x00 ‖ branch ‖ 0x00 ‖ device ‖ 0x00 ‖ uint64be number)
//
// The ids hold no zero byte, so the framing is unambiguous.
func Seed(root *[32]byte, branch, device string, number uint64) [32]byte {
	m := hmac.New(sha256.New, root[:])
	m.Write([]byte("sandogh seed v1\x00" + branch + "\x00" + device + "\x00"))
	m.Write(binary.BigEndian.AppendUint64(nil, number))
	return [32]byte(m.Sum(nil))
}

// SeedLeaf returns the leaf that commits to the seed of a number:
//
//	RFC 6962 leaf hash of SHA-256("sandogh seed leaf v1" ‖ 0x00 ‖ uint64be number ‖ seed)
func SeedLeaf(number uint64, seed [32]byte) tlog.Hash {
	h := sha256.New()
	h.Write([]byte("sandogh seed leaf v1\x00"))
	h.Write(binary.BigEndian.AppendUint64(nil, number))
	h.Write(seed[:])
	return tlog.RecordHash(h.Sum(nil))
}

// Code returns the confirmation code of a sealed ballot's entry: SHA-256 of
// its bytes. FormatCode is what people see.
func Code(entry []byte) [32]byte { return sha256.Sum256(entry) }

var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// FormatCode returns the first 160 bits of a code in Crockford's base 32, in
// groups of four characters with a hyphen between them.
func FormatCode(code [32]byte) string {
	s := crockford.EncodeToString(code[:20])
	var groups []string
	for ; s != ""; s = s[4:] {
		groups = append(groups, s[:4])
	}
	return strings.Join(groups, "-")
}
