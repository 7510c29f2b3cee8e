package mirror

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/sandogh/sandogh/internal/durable"
)

// Limits of one request. They bound what a hostile or slow server can do.
const (
	piece    = 4 << 20 // bytes of a large blob that one request brings
	perPiece = 5 * time.Minute
	tries    = 3
)

// A fetcher asks the server for files, a bounded number at a time.
type fetcher struct {
	base  *url.URL
	http  *http.Client
	slots chan struct{} // one for each request under way
	wait  time.Duration // before a second try; doubled before the third
	got   func(n int)   // told of bytes that came
}

// errFinal marks an answer that another try would not change.
type errFinal struct{ error }

func (e errFinal) Unwrap() error { return e.error }

// try makes a request until it succeeds, three times at most.
func (f *fetcher) try(ctx context.Context, name string, once func(context.Context) error) error {
	var err error
	for i := range tries {
		if i > 0 {
			select {
			case <-time.After(f.wait << (i - 1)):
			case <-ctx.Done():
			}
		}
		select {
		case f.slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		err = func() error {
			defer func() { <-f.slots }()
			ctx, cancel := context.WithTimeout(ctx, perPiece)
			defer cancel()
			return once(ctx)
		}()
		var final errFinal
		if err == nil || errors.As(err, &final) || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("fetch %s: %w", f.base.JoinPath(name), err)
	}
	return nil
}

// get asks for bytes from to to−1 of a file; to is 0 for all of it.
func (f *fetcher) get(ctx context.Context, name string, from, to int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.base.JoinPath(name).String(), nil)
	if err != nil {
		return nil, errFinal{err}
	}
	req.Header.Set("Accept-Encoding", "identity")
	if to > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", from, to-1))
	}
	r, err := f.http.Do(req)
	if err != nil {
		return nil, err
	}
	switch {
	case r.StatusCode == http.StatusOK:
		return r, nil
	case r.StatusCode == http.StatusPartialContent && to > 0:
		if want := fmt.Sprintf("bytes %d-%d/", from, to-1); len(r.Header.Get("Content-Range")) <= len(want) || r.Header.Get("Content-Range")[:len(want)] != want {
			err = errFinal{fmt.Errorf("the server answers with the range %.80q", r.Header.Get("Content-Range"))}
		} else {
			return r, nil
		}
	case r.StatusCode == http.StatusNotFound || r.StatusCode == http.StatusGone:
		err = errFinal{fs.ErrNotExist}
	default:
		err = fmt.Errorf("the server says %.80q", r.Status)
	}
	r.Body.Close()
	return nil, err
}

// file returns a file of at most limit bytes.
func (f *fetcher) file(ctx context.Context, name string, limit int64) (b []byte, err error) {
	err = f.try(ctx, name, func(ctx context.Context) error {
		r, err := f.get(ctx, name, 0, 0)
		if err != nil {
			return err
		}
		defer r.Body.Close()
		if b, err = io.ReadAll(io.LimitReader(r.Body, limit+1)); err != nil {
			return err
		}
		if int64(len(b)) > limit {
			return errFinal{fmt.Errorf("it has more than the %d bytes that it may have", limit)}
		}
		f.got(len(b))
		return nil
	})
	return b, err
}

// rest brings what a large file lacks, in pieces, each of which is on the disk
// before the next is asked for. A server that knows no ranges is read from the
// beginning.
func (f *fetcher) rest(ctx context.Context, name string, into *durable.Appender, size int64) error {
	for into.Size() < size {
		err := f.try(ctx, name, func(ctx context.Context) error {
			from := into.Size()
			to := min(from+piece, size)
			r, err := f.get(ctx, name, from, to)
			if err != nil {
				return err
			}
			defer r.Body.Close()
			if r.StatusCode == http.StatusOK { // all of it comes
				if _, err := io.CopyN(io.Discard, r.Body, from); err != nil {
					return err
				}
			}
			b := make([]byte, to-from)
			n, err := io.ReadFull(r.Body, b)
			if n > 0 { // what came need not come again
				if err := into.Append(b[:n]); err != nil {
					return errFinal{err}
				}
				f.got(n)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
