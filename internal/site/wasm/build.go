package wasm

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A Module is the verifier for browsers and the script that starts it.
type Module struct {
	Wasm   []byte
	Script []byte // wasm_exec.js
}

// Hash returns the SHA-256 of the WebAssembly, in hex, which people compare.
func (m *Module) Hash() string {
	h := sha256.Sum256(m.Wasm)
	return hex.EncodeToString(h[:])
}

// ErrNoSource says that there is no go command, or not the source of this program.
var ErrNoSource = errors.New("a go command and the source of this program are needed to build the verifier for browsers")

const (
	module  = "github.com/sandogh/sandogh"
	curve   = "github.com/consensys/gnark-crypto"
	command = "./cmd/sandogh-wasm"
	// The file whose multiplication is replaced, and its hash.
	replaced     = "ecc/secp256r1/fp/element_purego.go"
	replacedHash = "cdfabe7ff180bf5d7862c6d1dae3374bb392a2bd18ccc7d6e1389722295b7251"
)

//go:embed p256/mul.go
var multiplication string

// Build builds the verifier from the source in the folder.
func Build(ctx context.Context, source string) (*Module, error) {
	goroot, err := run(ctx, source, "env", "GOROOT")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoSource, err)
	}
	own, err := run(ctx, source, "list", "-m")
	_, fault := os.Stat(filepath.Join(source, "go.mod")) // a folder below it is not the source
	if err != nil || fault != nil || strings.TrimSpace(string(own)) != module {
		return nil, fmt.Errorf("%w: %s is not the folder of the source", ErrNoSource, source)
	}
	m := &Module{}
	if m.Script, err = os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js")); err != nil {
		return nil, fmt.Errorf("build the verifier for browsers: %w", err)
	}
	tree, err := os.MkdirTemp("", "sandogh-wasm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tree)
	if err := copySource(ctx, source, tree); err != nil {
		return nil, fmt.Errorf("build the verifier for browsers: %w", err)
	}
	if _, err := run(ctx, tree, "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w -buildid=", "-o", "verifier.wasm", command); err != nil {
		return nil, fmt.Errorf("build the verifier for browsers: %w", err)
	}
	m.Wasm, err = os.ReadFile(filepath.Join(tree, "verifier.wasm"))
	return m, err
}

// run runs the go command for WebAssembly, with nothing of the environment that
// would change what comes out.
func run(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOWASM=", "GOFLAGS=-mod=mod", "GOWORK=off", "GOTOOLCHAIN=local", "GOPROXY=off", "CGO_ENABLED=0", "GOEXPERIMENT=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, bytes.TrimSpace(stderr.Bytes()))
	}
	return out, nil
}

// copySource copies what the command is made from into the tree, with the module
// of the curve beside it, changed.
func copySource(ctx context.Context, source, tree string) error {
	out, err := run(ctx, source, "list", "-deps", "-json=ImportPath,Dir,Module,GoFiles,SFiles,EmbedFiles", command)
	if err != nil {
		return err
	}
	var curveDir string
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir             string
			GoFiles, SFiles, EmbedFiles []string
			Module                      *struct{ Path, Dir string }
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if p.Module == nil || p.Module.Path != module && p.Module.Path != curve {
			continue
		}
		to := filepath.Join(tree, filepath.FromSlash(strings.TrimPrefix(p.ImportPath, module)))
		if p.Module.Path == curve {
			curveDir = p.Module.Dir
			to = filepath.Join(tree, "curve", filepath.FromSlash(strings.TrimPrefix(p.ImportPath, curve)))
		}
		for _, name := range append(append(p.GoFiles, p.SFiles...), p.EmbedFiles...) {
			if err := copyFile(filepath.Join(to, name), filepath.Join(p.Dir, name)); err != nil {
				return err
			}
		}
	}
	if curveDir == "" {
		return fmt.Errorf("the verifier does not use %s any more", curve)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(tree, name), filepath.Join(source, name)); err != nil {
			return err
		}
	}
	if err := copyFile(filepath.Join(tree, "curve", "go.mod"), filepath.Join(curveDir, "go.mod")); err != nil {
		return err
	}
	if err := appendTo(filepath.Join(tree, "go.mod"), "\nreplace "+curve+" => ./curve\n"); err != nil {
		return err
	}
	return replace(filepath.Join(tree, "curve", filepath.FromSlash(replaced)))
}

// replace puts our multiplication in the place of the one in the file.
func replace(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != replacedHash {
		return fmt.Errorf("%s of %s is another one than was looked at (SHA-256 %x): see doc/decisions, 0013", replaced, curve, h)
	}
	before, _, ok := strings.Cut(string(b), "// Mul z = x * y (mod q)")
	_, ours, ok2 := strings.Cut(multiplication, "import \"math/bits\"\n")
	if !ok || !ok2 {
		return fmt.Errorf("%s: there is no multiplication to replace", replaced)
	}
	ours = strings.NewReplacer("func Mul(", "func mul(", "func Square(", "func square(").Replace(ours)
	return os.WriteFile(path, []byte(before+`// Mul z = x * y (mod q)
func (z *Element) Mul(x, y *Element) *Element {
	mul((*[4]uint64)(z), (*[4]uint64)(x), (*[4]uint64)(y))
	return z
}

// Square z = x * x (mod q)
func (z *Element) Square(x *Element) *Element {
	square((*[4]uint64)(z), (*[4]uint64)(x))
	return z
}
`+ours), 0o600)
}

func copyFile(to, from string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there twice", to)
	}
	return os.WriteFile(to, b, 0o600)
}

func appendTo(path, text string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, text...), 0o600)
}
