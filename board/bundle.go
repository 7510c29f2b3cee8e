package board

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// MaxEntry is the greatest length of an entry in bytes.
const MaxEntry = 60_000

// maxBundle is the length of the longest bundle: 256 entries of MaxEntry bytes.
const maxBundle = Width * (2 + MaxEntry)

// ErrEntrySize says that an entry is empty or longer than [MaxEntry].
var ErrEntrySize = errors.New("entry size is not within 1 to 60,000 bytes")

// An Entry is one entry of a log.
type Entry struct {
	Index uint64
	Data  []byte
}

// ParseBundle splits a bundle of exactly width entries:
//
//	width × ( uint16be length ‖ length bytes )
//
// The entries share the bundle's memory. When the bundle is malformed, the
// entries before the first fault are returned along with the error.
func ParseBundle(bundle []byte, width int) ([][]byte, error) {
	entries := make([][]byte, 0, min(width, Width))
	for i := range width {
		if len(bundle) < 2 {
			return entries, fmt.Errorf("bundle ends after %d of %d entries", i, width)
		}
		n := int(binary.BigEndian.Uint16(bundle))
		if n == 0 || n > MaxEntry {
			return entries, fmt.Errorf("entry %d of the bundle has %d bytes: %w", i, n, ErrEntrySize)
		}
		if len(bundle) < 2+n {
			return entries, fmt.Errorf("bundle ends within entry %d of %d", i, width)
		}
		entries = append(entries, bundle[2:2+n:2+n])
		bundle = bundle[2+n:]
	}
	if len(bundle) > 0 {
		return entries, fmt.Errorf("bundle has %d bytes after its %d entries", len(bundle), width)
	}
	return entries, nil
}

// AppendBundle appends one entry to a bundle. It refuses an entry of a length
// that [ParseBundle] would refuse.
func AppendBundle(bundle, entry []byte) ([]byte, error) {
	if len(entry) == 0 || len(entry) > MaxEntry {
		return nil, ErrEntrySize
	}
	bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(entry)))
	return append(bundle, entry...), nil
}
