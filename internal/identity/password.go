package identity

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Lengths of a password, in characters and in bytes.
const (
	MinPassword = 10
	maxPassword = 256
)

// ErrWeak says that a password is shorter than [MinPassword], or too long.
var ErrWeak = fmt.Errorf("the password has fewer than %d characters, or more than %d bytes", MinPassword, maxPassword)

// Cost is what a hash costs. The zero Cost is not for use.
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// DefaultCost is that of RFC 9106 for servers, on two cores.
var DefaultCost = Cost{Memory: 64 << 10, Passes: 3, Threads: 2}

const keyLength = 32

// Hash returns the PHC string of a password:
//
//	$argon2id$v=19$m=65536,t=3,p=2$ base64(salt, 16 bytes) $ base64(key, 32 bytes)
func (c Cost) Hash(password string) (string, error) {
	password = norm.NFC.String(password) // two keyboards, one password
	if utf8.RuneCountInString(password) < MinPassword || len(password) > maxPassword {
		return "", ErrWeak
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password), salt, c.Passes, c.Memory, c.Threads, keyLength)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads, b64(salt), b64(key)), nil
}

var errHash = errors.New("the stored password is not in the form that is known")

// verify reports whether the password has the hash.
func verify(phc, password string) (bool, error) {
	var version int
	var c Cost
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false, errHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil || c.Memory > 1<<20 || c.Passes > 16 || c.Passes < 1 || c.Threads < 1 {
		return false, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, errHash
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) != keyLength {
		return false, errHash
	}
	got := argon2.IDKey([]byte(norm.NFC.String(password)), salt, c.Passes, c.Memory, c.Threads, keyLength)
	return subtle.ConstantTimeCompare(got, want) == 1, nil
}
