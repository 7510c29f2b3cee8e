// Package intake reads files of people who are to be trained.
//
// Specification: none of its own; [Header].
//
// In goes a CSV file, UTF-8, that can be read more than once, of up to millions of
// lines; out come people, and their seats for package training: a role at a
// province, county or district, named as the list of offices names it. The file is
// read line by line, once to check it and once to take it; of each line some forty
// bytes are held, and some thousand lines at a time. [Watch] says how far it is.
//
// What it never does: it takes a file with a fault in it, or a part of one; it
// changes nobody who is there already but gives them the seat; it adds nobody to an
// office beyond the reach of who imports.
//
// How it fails: [ImportError] with all faults of all lines, none of which holds a
// national number.
//
// Sources: RFC 4180; the check digit of the national number by package persian.
package intake

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/officedb"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
)

// An importer reads a file of people twice: to check it, and to take it.
type importer struct {
	file     io.ReadSeeker
	offices  map[string]string // keys of the names of province, county and district → code
	actor    office.Actor
	prefix   string           // of the ids of this import
	first    map[int64]int    // number → the first line that has it
	known    map[int64]string // people who are there already, of those in the file
	places   map[string]place // of province, county and district as they are written
	words    map[string][]string
	hash     []byte // of the file as it was checked
	progress func(share float64)
	created  int64
	size     int64
	read     int64
}

// Bounds: how many lines go into the tables at a time, how many names and places
// are remembered, how few people are looked for one by one, and how often the file
// is taken anew because others have entered people of it meanwhile.
const (
	chunk      = 20_000
	remembered = 100_000
	few        = 10_000
	attempts   = 3
)

// errMeanwhile says that others have entered people of the file while it was taken.
var errMeanwhile = fmt.Errorf("others have entered people of this file meanwhile: import it once more: %w", store.ErrConflict)

// People reads a file of people, UTF-8 CSV with the Header, adds those who
// are not there yet, and gives each their seat. Either all of the file is taken, or
// nothing: then the error is an *ImportError with every fault, that of the context
// if it has ended, or one of package store. It returns how many lines there were,
// and how many people are new.
func People(ctx context.Context, db *store.DB, now time.Time, a office.Actor, file io.ReadSeeker) (lines, added int, err error) {
	return Watch(ctx, db, now, a, file, func(float64) {})
}

// Watch is [People], and calls progress now and then with the share of the work
// that is done.
func Watch(ctx context.Context, db *store.DB, now time.Time, a office.Actor, file io.ReadSeeker, progress func(share float64)) (lines, added int, err error) {
	im := &importer{file: file, actor: a, first: map[int64]int{}, places: map[string]place{}, words: map[string][]string{}, progress: progress, created: store.Millis(now)}
	random := make([]byte, 10)
	rand.Read(random) // it never fails
	im.prefix = ids.EncodeToString(random)
	hash := sha256.New()
	if im.size, err = file.Seek(0, io.SeekEnd); err == nil {
		im.offices, err = officeNames(ctx, db)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("import people: %w", err)
	}
	var faults []LineFault
	for l := range im.lines(ctx, hash, 0, &faults) {
		if other := im.first[l.key]; other != 0 {
			faults = append(faults, LineFault{l.at, Header[0], SameNumber, other})
		} else {
			im.first[l.key] = l.at
		}
		lines++
	}
	if err := ctx.Err(); err != nil {
		return 0, 0, fmt.Errorf("import people: %w", err)
	}
	if len(faults) > 0 {
		return 0, 0, &ImportError{faults}
	}
	im.hash = hash.Sum(nil)
	for try := 1; ; try++ {
		err = db.LongTx(ctx, func(tx *store.Tx, turn func() error) error {
			last, err := lastChange(ctx, tx)
			if err != nil {
				return err
			}
			if im.known, err = im.find(ctx, tx); err != nil {
				return err
			}
			if added, err = im.take(ctx, tx); err != nil {
				return err
			}
			if err := turn(); err != nil {
				return err
			}
			if now, err := lastChange(ctx, tx); err != nil {
				return err
			} else if now != last {
				if known, err := im.find(ctx, tx); err != nil {
					return err
				} else if !maps.Equal(known, im.known) {
					return errMeanwhile
				}
			}
			return office.Audit(ctx, tx, now, a, office.PeopleEdit, office.Change{Act: "training.import", Office: widest(a),
				After: map[string]any{"sha256": hex.EncodeToString(im.hash), "lines": lines, "added": added}})
		})
		if err == nil {
			return lines, added, nil
		}
		if !errors.Is(err, errMeanwhile) || try == attempts {
			return 0, 0, fmt.Errorf("import people: %w", err)
		}
	}
}

// lastChange is the number of the last line of the log, where every change is.
func lastChange(ctx context.Context, tx *store.Tx) (int64, error) {
	last, err := officedb.New(tx).LastAudit(ctx)
	if err = store.Classify(err); errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return last.Seq, err
}

// take reads the checked file once more and loads it, some lines at a time.
func (im *importer) take(ctx context.Context, tx *store.Tx) (added int, err error) {
	var faults []LineFault
	var fresh, there []line
	load := func() error {
		if err := im.load(ctx, tx, fresh); err != nil {
			return err
		}
		bySeat(there)
		if err := tx.LoadNew(ctx, "training_seat", seatColumns, rows(there, seatRow)); err != nil { // they may have the seat already
			return err
		}
		added += len(fresh)
		fresh, there = fresh[:0], there[:0]
		return nil
	}
	hash := sha256.New()
	for l := range im.lines(ctx, hash, 0.5, &faults) {
		if id, known := im.known[l.key]; known {
			l.id = id
			there = append(there, l)
		} else {
			l.id = im.id(l.at)
			fresh = append(fresh, l)
		}
		if len(fresh)+len(there) == chunk {
			if err := load(); err != nil {
				return 0, err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if !bytes.Equal(hash.Sum(nil), im.hash) {
		return 0, errors.New("the file has changed while it was read: import it once more")
	}
	err = load()
	return added, err
}

var seatColumns = []string{"office", "role", "person"}

func seatRow(l *line) []any { return []any{l.office, string(l.role), l.id} }

func bySeat(all []line) {
	slices.SortFunc(all, func(a, b line) int {
		return cmp.Or(strings.Compare(a.office, b.office), strings.Compare(string(a.role), string(b.role)), strings.Compare(a.id, b.id))
	})
}

// load appends new people, their words and their seats, each table in the order of
// its key: an index that grows from its beginning to its end takes a part of the
// time of one that grows everywhere.
func (im *importer) load(ctx context.Context, tx *store.Tx, all []line) error {
	if err := tx.Load(ctx, "person", []string{"id", "name", "number", "phone", "email", "office", "simulated", "created", "version"}, rows(all,
		func(l *line) []any {
			return []any{l.id, l.name, l.number, l.mobile, "", l.office, int64(0), im.created, int64(1)}
		})); err != nil {
		return err
	}
	bySeat(all)
	if err := tx.Load(ctx, "training_seat", seatColumns, rows(all, seatRow)); err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b line) int { return cmp.Or(strings.Compare(a.office, b.office), strings.Compare(a.id, b.id)) })
	who := map[string][]int32{} // by word
	for i := range all {
		for _, w := range im.wordsOf(all[i].name) {
			who[w] = append(who[w], int32(i))
		}
	}
	return tx.Load(ctx, "person_word", []string{"word", "office", "person"}, func(yield func([]any, error) bool) {
		for _, w := range slices.Sorted(maps.Keys(who)) {
			for _, i := range who[w] {
				if !yield([]any{w, all[i].office, all[i].id}, nil) {
					return
				}
			}
		}
	})
}

// rows are the rows of a table, one of each line.
func rows(all []line, of func(*line) []any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range all {
			if !yield(of(&all[i]), nil) {
				return
			}
		}
	}
}

// wordsOf are the words of a name: the same names come again and again.
func (im *importer) wordsOf(name string) []string {
	words, ok := im.words[name]
	if !ok {
		if len(im.words) == remembered {
			clear(im.words)
		}
		words = office.Words(name)
		im.words[name] = words
	}
	return words
}

func widest(a office.Actor) string {
	if over := a.Over(office.PeopleEdit); len(over) > 0 {
		return over[0]
	}
	return ""
}

// find returns those of the file who are there already, but for its own.
func (im *importer) find(ctx context.Context, tx *store.Tx) (map[int64]string, error) {
	known := map[int64]string{}
	add := func(key int64, id string) {
		if old, twice := known[key]; !strings.HasPrefix(id, im.prefix) && (!twice || id < old) {
			known[key] = id
		}
	}
	if len(im.first) < few {
		q := officedb.New(tx)
		lo, hi := office.Range("")
		for key := range im.first {
			number, end := store.Prefix(fmt.Sprintf("%010d", key))
			rows, err := q.PeopleByNumber(ctx, officedb.PeopleByNumberParams{Number: number, NumberEnd: end, Lo: lo, Hi: hi, Max: 100})
			if err != nil {
				return nil, store.Classify(err)
			}
			for _, r := range rows {
				add(key, r.ID)
			}
		}
		return known, nil
	}
	const most = 10_000
	q, after := trainingdb.New(tx), ""
	for {
		rows, err := q.NumbersFrom(ctx, trainingdb.NumbersFromParams{Number: after, Max: most})
		if err != nil {
			return nil, store.Classify(err)
		}
		n := len(rows)
		for n > 1 && len(rows) == most && rows[n-1].Number == rows[most-1].Number { // there may be more of it
			n--
		}
		for _, r := range rows[:n] {
			after = r.Number
			if key, err := strconv.ParseInt(r.Number, 10, 64); err == nil && im.first[key] != 0 {
				add(key, r.ID)
			}
		}
		if len(rows) < most {
			return known, nil
		}
	}
}

// The letters of ids in the order of their bytes.
var ids = base32.NewEncoding("234567abcdefghijklmnopqrstuvwxyz").WithPadding(base32.NoPadding)

// id returns the id of a new person: 80 random bits of the import, then the line,
// so that people lie as the file has them.
func (im *importer) id(line int) string {
	var b [10]byte
	binary.BigEndian.PutUint64(b[:8], uint64(line)<<14) // ten letters hold 50 bits
	return im.prefix + ids.EncodeToString(b[:])[:10]
}
