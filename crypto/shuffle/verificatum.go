package shuffle

import (
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/sandogh/sandogh/crypto/elgamal"
	"github.com/sandogh/sandogh/crypto/group"
)

// A Report says what a directory holds, as far as it was read.
type Report struct {
	Session Session
	Key     group.Element
	Rows    int // ciphertexts in each list
	Parties int // parties of the session
	Mixers  int // parties that mixed
	Proofs  int // proofs that verified; Mixers when there is no error
}

// CheckDirectory checks a Verificatum proof directory of a shuffle: protInfo.xml
// and shuffle/ in fsys. A nil error means that every proof in it verifies, each
// mixer's input being the output of the one before.
//
// An error names the file. A file that could not be read leaves an
// *fs.PathError in the chain; every other error is a refusal.
func CheckDirectory(fsys fs.FS) (Report, error) {
	var report Report
	err := checkDirectory(fsys, &report)
	if err != nil {
		err = fmt.Errorf("check shuffle: %w", err)
	}
	return report, err
}

func checkDirectory(fsys fs.FS, report *Report) error {
	r, err := openDirectory(fsys)
	if err != nil {
		return err
	}
	*report = Report{Session: r.session, Key: r.key.Element(), Rows: len(r.in), Parties: r.parties, Mixers: r.mixers}
	gens, err := r.session.Generators(len(r.in))
	if err != nil {
		return err
	}
	in := r.in
	for i := range r.mixers {
		m, err := r.mix(i)
		if err != nil {
			return err
		}
		if err := Verify(r.session, gens, r.key, in, m.Out, m.Proof); err != nil {
			return fmt.Errorf("mixer %d, %s: %w", i+1, mixFile(stemReply, i), err)
		}
		report.Proofs++
		in = m.Out
	}
	return nil
}

// ReadDirectory reads a Verificatum proof directory, without verifying.
func ReadDirectory(fsys fs.FS) (*Directory, error) {
	r, err := openDirectory(fsys)
	if err != nil {
		return nil, fmt.Errorf("read shuffle: %w", err)
	}
	d := &Directory{Session: r.session, Key: r.key, In: r.in}
	for i := range r.mixers {
		m, err := r.mix(i)
		if err != nil {
			return nil, fmt.Errorf("read shuffle: %w", err)
		}
		d.Mixes = append(d.Mixes, m)
	}
	return d, nil
}

// A directoryReader holds what all mixers share and reads them one at a time.
type directoryReader struct {
	fsys            fs.FS
	session         Session
	parties, mixers int
	key             *elgamal.Key
	in              []elgamal.Ciphertext
}

// maxText is above the length of any text file of 25 parties.
const maxText = 1 << 18

func openDirectory(fsys fs.FS) (*directoryReader, error) {
	b, err := readFile(fsys, fileProtInfo, maxText)
	if err != nil {
		return nil, err
	}
	info, err := parseProtInfo(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fileProtInfo, err)
	}
	text := make(map[string]string)
	for _, f := range [][2]string{{fileVersion, version}, {fileType, shuffling}, {fileWidth, "1"}, {fileAuxSID}, {fileActive}} {
		name, want := f[0], f[1]
		b, err := readFile(fsys, name, maxText)
		if err != nil {
			return nil, err
		}
		if text[name] = string(b); want != "" && text[name] != want {
			return nil, fmt.Errorf("%s: not %q", name, want)
		}
	}
	r := &directoryReader{fsys: fsys, session: Session{info.sid, text[fileAuxSID]}, parties: info.parties}
	if err := checkIdentifier(fileAuxSID, r.session.AuxSID); err != nil {
		return nil, err
	}
	if r.mixers, err = decimal(fileActive, text[fileActive], info.thres, info.parties); err != nil {
		return nil, err
	}
	pk := make([]group.Element, 2)
	if err := readTree(fsys, fileKey, arrayTree(2), func(t *treeReader) { t.points(pk) }); err != nil {
		return nil, err
	}
	if !pk[0].Equal(group.Generator()) {
		return nil, fmt.Errorf("%s: the first element is not the generator of P-256", fileKey)
	}
	r.key = elgamal.NewKey(pk[1])
	r.in, err = readInput(fsys)
	return r, err
}

// readInput reads the first list, whose length no other file says.
func readInput(fsys fs.FS) ([]elgamal.Ciphertext, error) {
	b, err := readFile(fsys, fileInput, listTree(MaxRows))
	if err != nil {
		return nil, err
	}
	n := max(0, len(b)-listTree(0)) / (2 * pointTree)
	if err := checkRows(n); err != nil {
		return nil, fmt.Errorf("%s: %w", fileInput, err)
	}
	in := make([]elgamal.Ciphertext, n)
	return in, decode(fileInput, b, func(t *treeReader) { t.ciphertexts(in) })
}

// mix reads the files of mixer i. The output of the last must be the output of
// the whole, byte for byte.
func (r *directoryReader) mix(i int) (Mix, error) {
	n := len(r.in)
	p := newProof(n)
	out := make([]elgamal.Ciphertext, n)
	type file struct {
		name string
		size int
		read func(*treeReader)
	}
	files := []file{
		{mixFile(stemPermutation, i), arrayTree(n), func(t *treeReader) { t.points(p.u) }},
		{mixFile(stemCommitment, i), headerSize + 2*arrayTree(n) + 3*pointTree + arrayTree(2), p.readCommitment},
		{mixFile(stemReply, i), headerSize + 4*scalarTree + 2*(headerSize+n*scalarTree), p.readReply},
		{mixFile(stemOutput, i), listTree(n), func(t *treeReader) { t.ciphertexts(out) }},
	}
	last := out
	if i == r.mixers-1 {
		last = make([]elgamal.Ciphertext, n)
		files = append(files, file{fileOutput, listTree(n), func(t *treeReader) { t.ciphertexts(last) }})
	}
	for _, f := range files {
		if err := readTree(r.fsys, f.name, f.size, f.read); err != nil {
			return Mix{}, err
		}
	}
	if !slices.EqualFunc(out, last, elgamal.Ciphertext.Equal) {
		return Mix{}, fmt.Errorf("%s: differs from %s", fileOutput, mixFile(stemOutput, i))
	}
	return Mix{out, p}, nil
}

// readTree reads a file of exactly the given size with read.
func readTree(fsys fs.FS, name string, size int, read func(*treeReader)) error {
	b, err := readFile(fsys, name, size)
	if err != nil {
		return err
	}
	if len(b) != size {
		return fmt.Errorf("%s: %d bytes instead of %d", name, len(b), size)
	}
	return decode(name, b, read)
}

func decode(name string, b []byte, read func(*treeReader)) error {
	t := treeReader{b: b}
	read(&t)
	if err := t.end(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// readFile reads a file of at most limit bytes.
func readFile(fsys fs.FS, name string, limit int) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	if len(b) > limit {
		return nil, fmt.Errorf("%s: more than the %d bytes that it may have", name, limit)
	}
	return b, nil
}
