package entry

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"

	"github.com/sandogh/sandogh/internal/store"
)

// ErrTooLarge says that a body is longer than its form allows.
var ErrTooLarge = errors.New("the body is too large")

// Unreadable is a body that cannot be read.
type Unreadable struct{ Err error }

func (e *Unreadable) Error() string { return e.Err.Error() }

// Read reads the body of a request, a form of HTML or a JSON object with fields of
// the names, of at most limit bytes.
func Read(w http.ResponseWriter, r *http.Request, limit int64, names []string) (Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	v := Values{text: map[string][]string{}}
	kind, _, err := mime.ParseMediaType(cmp.Or(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"))
	switch {
	case err != nil:
		err = fmt.Errorf("read the body: %w", err)
	case kind == "application/json":
		err = readJSON(r.Body, names, v)
	case kind == "multipart/form-data":
		if err = r.ParseMultipartForm(1 << 20); err == nil {
			v.text, v.files = r.MultipartForm.Value, map[string]*multipart.FileHeader{}
			for name, files := range r.MultipartForm.File {
				if len(files) > 0 && files[0].Size > 0 {
					v.files[name] = files[0]
				}
			}
		}
	case kind == "application/x-www-form-urlencoded":
		if err = r.ParseForm(); err == nil {
			v.text = r.PostForm
		}
	default:
		err = fmt.Errorf("read the body: %s is not a kind of body that is read", kind)
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return v, ErrTooLarge
	}
	if err != nil {
		return v, &Unreadable{err}
	}
	return v, nil
}

func readJSON(body io.Reader, names []string, v Values) error {
	d := json.NewDecoder(body)
	d.UseNumber()
	var in map[string]any
	if err := d.Decode(&in); err != nil {
		return fmt.Errorf("read the JSON object: %w", err)
	}
	if d.More() {
		return errors.New("read the JSON object: something follows it")
	}
	for name, value := range in {
		if !slices.Contains(names, name) {
			return fmt.Errorf("read the JSON object: no field is named %q", name)
		}
		all, isArray := value.([]any)
		if !isArray {
			all = []any{value}
		}
		for _, one := range all {
			switch one := one.(type) {
			case nil:
			case string:
				v.text[name] = append(v.text[name], one)
			case json.Number:
				v.text[name] = append(v.text[name], one.String())
			case bool:
				v.text[name] = append(v.text[name], strconv.FormatInt(store.Bool(one), 10))
			default:
				return fmt.Errorf("read the JSON object: field %q is not a text, a number or a list of them", name)
			}
		}
	}
	return nil
}
