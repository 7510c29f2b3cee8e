package station

import (
	"errors"
	"fmt"
	"syscall"
)

// perSession is what a session has in the journal at most, with wrong cards.
const perSession = 1 << 10

// maxProof bounds the bytes of a slot proof of any contest (spec/crypto-slot.md).
const maxProof = 1536

// spare is kept free besides: the tree's tiles, prints, the other journals.
const spare = 64 << 20

// space returns the bytes that the journal and the log need for the electorate,
// if one in four takes another card.
func (s *Station) space() (journal, log int64) {
	at, _ := s.cfg.Definition.Branch(s.cfg.Branch)
	sessions := int64(at.Electorate)*5/4 + 16
	ballot := int64(512)
	for _, c := range s.book.Style.Contests {
		ballot += int64(c.K())*66 + maxProof + 64
	}
	// An entry lies in full bundles, and for a while in partial ones too.
	return sessions * perSession, sessions * (ballot + 512) * 2
}

// Reserve sets space aside for the day. If the disk has too little, the error is
// a [SpaceError].
func (s *Station) Reserve() error {
	return s.act(func() error {
		journal, log := s.space()
		var disk syscall.Statfs_t
		if err := syscall.Statfs(s.cfg.Dir, &disk); err != nil {
			return fmt.Errorf("ask for free space of %s: %w", s.cfg.Dir, err)
		}
		if free, need := int64(disk.Bavail)*disk.Bsize, journal+log+spare; free < need {
			return &SpaceError{need - free}
		}
		if err := s.journal.Reserve(journal); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return s.stop(err)
		}
		return nil
	})
}
