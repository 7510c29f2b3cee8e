package assets

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/sandogh/sandogh/election"
	"github.com/sandogh/sandogh/strictjson"
)

// Names of the list and of its signature, in the folder.
const (
	ListName      = "assets.json"
	SignatureName = "assets.sig"
)

// Kinds of files.
const (
	Photo   = "photo"   // of the candidate whose definition names its hash
	Minutes = "minutes" // of a branch
	Turnout = "turnout" // of all branches, by hour
	Agents  = "agents"  // counts of candidates' agents
)

// Limits of a file in bytes. A photograph stands in a page many times over.
const (
	MaxPhoto = 48 << 10
	MaxFile  = 16 << 20
	maxList  = 32 << 20
)

// types are the endings that are taken, by kind.
var types = map[string][]string{Photo: {".jpg", ".png", ".webp"}, Minutes: {".jpg", ".png", ".webp", ".pdf"}, Turnout: {".csv"}, Agents: {".csv"}}

// A File is a file of the list.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Kind   string `json:"kind"`
	Branch string `json:"branch,omitempty"` // of minutes
}

// list is assets.json.
type list struct {
	Format   string `json:"format"`
	Election string `json:"election"`
	Files    []File `json:"files"`
}

// Format is the value of the list's field.
const Format = "sandogh-assets-1"

// A List is a signed list whose files are there and right. A nil List is one
// without files.
type List struct {
	Office  string // who signed
	Files   []File
	fsys    fs.FS
	public  map[string]File // by hash and ending
	photos  map[string]string
	minutes map[string][]string
	turnout map[string][]Hour
}

// Message returns the bytes that the office signs:
//
//	"sandogh assets v1" ‖ 0x00 ‖ election id (32 bytes) ‖ SHA-256(assets.json)
func Message(election [32]byte, list []byte) []byte {
	hash := sha256.Sum256(list)
	return slices.Concat([]byte("sandogh assets v1\x00"), election[:], hash[:])
}

// Sign returns the content of assets.sig: the office's id, a space, the signature
// in hex and a line feed.
func Sign(id [32]byte, list []byte, office string, key ed25519.PrivateKey) []byte {
	return fmt.Appendf(nil, "%s %x\n", office, ed25519.Sign(key, Message(id, list)))
}

// Read reads the folder and compares everything with what is signed.
func Read(fsys fs.FS, d *election.Definition, id [32]byte) (*List, error) {
	data, err := fs.ReadFile(fsys, ListName)
	if err != nil {
		return nil, fmt.Errorf("read assets: %w: the folder needs a list %s, signed in %s", err, ListName, SignatureName)
	}
	if len(data) > maxList {
		return nil, fmt.Errorf("read assets: %s has %d bytes, more than %d", ListName, len(data), maxList)
	}
	out := &List{fsys: fsys, public: map[string]File{}, photos: map[string]string{}, minutes: map[string][]string{}, turnout: map[string][]Hour{}}
	if out.Office, err = checkSignature(fsys, d, id, data); err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	var l list
	if faults := strictjson.Unmarshal(data, "assets", &l); len(faults) > 0 {
		return nil, fmt.Errorf("read assets: %s: %w", ListName, &faults)
	}
	if l.Format != Format || l.Election != hex.EncodeToString(id[:]) {
		return nil, fmt.Errorf("read assets: %s is of format %.40q and election %.64q; wanted are %q and %x", ListName, l.Format, l.Election, Format, id)
	}
	var all []error
	for i, f := range l.Files {
		if err := out.take(d, f); err != nil {
			all = append(all, fmt.Errorf("read assets: files[%d] %.80q: %w", i, f.Name, err))
		}
	}
	if len(all) > 0 {
		return nil, errors.Join(all[:min(len(all), 50)]...)
	}
	out.Files = l.Files
	return out, nil
}

// checkSignature returns the office that has signed the list.
func checkSignature(fsys fs.FS, d *election.Definition, id [32]byte, data []byte) (string, error) {
	text, err := fs.ReadFile(fsys, SignatureName)
	if err != nil {
		return "", fmt.Errorf("%w: an office signs the list with \"sandogh site sign\"", err)
	}
	office, signature, ok := strings.Cut(strings.TrimSuffix(string(text), "\n"), " ")
	sig, err := hex.DecodeString(signature)
	if !ok || err != nil || len(sig) != ed25519.SignatureSize {
		return "", fmt.Errorf("%s: wanted is the id of an office, a space and a signature of %d hex digits", SignatureName, 2*ed25519.SignatureSize)
	}
	o, ok := d.Office(office)
	if !ok {
		return "", fmt.Errorf("%s: the definition has no office %.40q", SignatureName, office)
	}
	if !ed25519.Verify(o.Key.Ed25519(), Message(id, data), sig) {
		return "", fmt.Errorf("%s: the signature of office %s does not fit %s: it was changed after it was signed, or is of another election", SignatureName, office, ListName)
	}
	return office, nil
}

// take reads a file of the list and finds out what it is for.
func (x *List) take(d *election.Definition, f File) error {
	if !fs.ValidPath(f.Name) || f.Name == "." {
		return errors.New("name: wanted is a path within the folder, with slashes")
	}
	endings, ok := types[f.Kind]
	if !ok {
		return fmt.Errorf("kind %.40q: wanted is photo, minutes, turnout or agents", f.Kind)
	}
	ending := strings.ToLower(path.Ext(f.Name))
	if !slices.Contains(endings, ending) {
		return fmt.Errorf("name: a file of kind %s ends in %s", f.Kind, strings.Join(endings, ", "))
	}
	most := int64(MaxFile)
	if f.Kind == Photo {
		most = MaxPhoto
	}
	info, err := fs.Stat(x.fsys, f.Name)
	if err != nil {
		return err
	}
	if info.Size() > most {
		return fmt.Errorf("it has %d bytes, more than %d", info.Size(), most)
	}
	data, err := fs.ReadFile(x.fsys, f.Name)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
		return fmt.Errorf("sha256: the file has %x: it was changed, or the list is of another", sum)
	}
	public := f.SHA256 + ending
	switch f.Kind {
	case Photo:
		x.photos[f.SHA256] = public
	case Minutes:
		if _, ok := d.Branch(f.Branch); !ok {
			return fmt.Errorf("branch: the definition has no branch %.40q", f.Branch)
		}
		x.minutes[f.Branch] = append(x.minutes[f.Branch], public)
	case Turnout:
		return x.readTurnout(d, data)
	}
	x.public[public] = f
	return nil
}

// Published returns the names under which files are published, ascending: their
// hash with their ending.
func (x *List) Published() []string {
	if x == nil {
		return nil
	}
	var out []string
	for name := range x.public {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// Open returns the content of a published file, compared with its hash again.
func (x *List) Open(public string) ([]byte, error) {
	if x == nil {
		return nil, fs.ErrNotExist
	}
	f, ok := x.public[public]
	if !ok {
		return nil, fs.ErrNotExist
	}
	data, err := fs.ReadFile(x.fsys, f.Name)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("read asset %s: it was changed since the list was read", f.Name)
	}
	return data, nil
}

// Photo returns the published name of the photograph with a hash, or nothing.
func (x *List) Photo(hash string) string {
	if x == nil {
		return ""
	}
	return x.photos[hash]
}

// MinutesOf returns the published names of the minutes of a branch.
func (x *List) MinutesOf(branch string) []string {
	if x == nil {
		return nil
	}
	return x.minutes[branch]
}

// TurnoutOf returns the turnout of a branch by hour, for all of them.
func (x *List) TurnoutOf(branch string) []Hour {
	if x == nil {
		return nil
	}
	return x.turnout[branch]
}

// Fingerprint changes with the list.
func (x *List) Fingerprint() string {
	if x == nil {
		return ""
	}
	b, err := json.Marshal(x.Files)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Collect makes a list of the files in the folders photo, turnout, agents and
// minutes/BRANCH.
func Collect(fsys fs.FS, id [32]byte) ([]byte, error) {
	l := list{Format: Format, Election: hex.EncodeToString(id[:]), Files: []File{}}
	for _, kind := range []string{Photo, Turnout, Agents, Minutes} {
		err := fs.WalkDir(fsys, kind, func(name string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && name == kind {
				return fs.SkipDir
			}
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(data)
			f := File{Name: name, SHA256: hex.EncodeToString(sum[:]), Kind: kind}
			if kind == Minutes {
				if parts := strings.Split(name, "/"); len(parts) == 3 {
					f.Branch = parts[1]
				}
			}
			l.Files = append(l.Files, f)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("collect assets: %w", err)
		}
	}
	b, err := json.MarshalIndent(l, "", "  ")
	return append(b, '\n'), err
}
