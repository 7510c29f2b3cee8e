//go:build js && wasm

// Command sandogh-wasm is the verifier for browsers: it answers a page's questions
// about a published record, by the checks of package verify and no others.
//
// Specification: spec/lookup.md, "In the browser".
//
// It is compiled with GOOS=js GOARCH=wasm and runs in a worker, which loads it and
// then calls the one function that it gives: sandoghAsk(question) with a JSON
// object as text. It returns the answer as JSON text, and calls sandoghTell(text)
// with JSON while it computes. The record and the table of codes are fetched file
// by file from the addresses that the question names, which the page's security
// policy bounds to its own site.
//
// It is a command of its own because a main package is what the compiler makes a
// module for the browser from; it holds nothing but this translation. What it
// cannot read it calls missing, as the verifier does; a question that it does not
// know is an answer with an error.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"syscall/js"
	"time"

	"github.com/sandogh/sandogh/internal/site/check"
)

func main() {
	js.Global().Set("sandoghAsk", js.FuncOf(func(_ js.Value, args []js.Value) any {
		b, err := json.Marshal(ask(args[0].String()))
		if err != nil {
			panic(err) // strings and numbers only
		}
		return string(b)
	}))
	select {}
}

// question is what a page asks.
type question struct {
	Ask      string `json:"ask"`      // code, challenge, share or unit
	Record   string `json:"record"`   // address of the record
	Table    string `json:"table"`    // address below which the table lies
	Election string `json:"election"` // expected, in hex; or empty
	Code     string `json:"code"`
	Branch   string `json:"branch"`
	Ending   uint64 `json:"ending"`
	Contest  string `json:"contest"`
	Unit     string `json:"unit"`
	Share    int    `json:"share"`  // which of the shares of a unit, from 0
	Shares   int    `json:"shares"` // of how many
	Proofs   string `json:"proofs"` // answers to all shares, for a unit
}

// answer is what it is told.
type answer struct {
	Error  string      `json:"error,omitempty"`
	Code   *check.Code `json:"code,omitempty"`
	Part   *check.Part `json:"part,omitempty"`
	Proofs string      `json:"proofs,omitempty"` // of a share
	Bytes  int         `json:"bytes"`            // that were fetched
}

// kept is what was fetched for a share, of which the unit is checked next.
var kept *web

func ask(text string) (a answer) {
	var q question
	if err := json.Unmarshal([]byte(text), &q); err != nil {
		return answer{Error: err.Error()}
	}
	from := &web{base: q.Record, files: map[string][]byte{}}
	if q.Proofs != "" && kept != nil && kept.base == q.Record {
		from = kept
	}
	kept = nil
	s := check.Source{Record: from, Table: check.Files{FS: &web{base: q.Table, files: map[string][]byte{}}}}
	if q.Election != "" {
		var ok bool
		if s.Election, ok = check.ParseElection(q.Election); !ok {
			return answer{Error: "an election id has 64 hex digits"}
		}
	}
	defer func() { a.Bytes = from.bytes }()
	var last time.Time
	looked := func(id string, n int) {
		if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
			last = now
			b, _ := json.Marshal(map[string]any{"check": id, "looked": n, "bytes": from.bytes}) // strings and numbers only
			js.Global().Call("sandoghTell", string(b))
		}
	}
	switch q.Ask {
	case "code":
		return answer{Code: s.FindCode(q.Code)}
	case "challenge":
		return answer{Part: s.CheckChallenge(context.Background(), q.Branch, q.Ending, looked)}
	case "share":
		kept = from
		return answer{Proofs: s.ProveUnit(context.Background(), q.Contest, q.Unit, q.Share, q.Shares, looked)}
	case "unit":
		s.Proven = q.Proofs
		return answer{Part: s.CheckUnit(context.Background(), q.Contest, q.Unit, looked)}
	}
	return answer{Error: fmt.Sprintf("there is no question %.20q", q.Ask)}
}

// Limits of what is fetched: what a tab can hold.
const (
	maxFile  = 64 << 20  // bytes
	maxTotal = 512 << 20 // bytes
)

// web is a file system over what the browser fetches, file by file, and keeps.
// It cannot be listed.
type web struct {
	base  string
	files map[string][]byte
	bytes int
}

func (w *web) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) { return nil, &fs.PathError{Op: "fetch", Path: name, Err: err} }
	if !fs.ValidPath(name) || name == "." {
		return fail(fs.ErrNotExist)
	}
	b, ok := w.files[name]
	if !ok {
		var err error
		if b, err = fetch(w.base + "/" + name); err != nil {
			return fail(err)
		}
		if w.bytes += len(b); w.bytes > maxTotal {
			return fail(errors.New("this is more than a browser should fetch: copy the record with sandogh mirror"))
		}
		w.files[name] = b
	}
	return &file{bytes.NewReader(b), path.Base(name)}, nil
}

// fetch makes one request and waits for it. That is allowed in a worker.
func fetch(address string) (b []byte, err error) {
	defer func() { // the browser throws where there is no network
		if e := recover(); e != nil {
			err = errors.New("the server cannot be reached")
		}
	}()
	r := js.Global().Get("XMLHttpRequest").New()
	r.Call("open", "GET", address, false)
	r.Set("responseType", "arraybuffer")
	r.Call("send")
	switch status := r.Get("status").Int(); {
	case status == 404 || status == 410:
		return nil, fs.ErrNotExist
	case status != 200:
		return nil, fmt.Errorf("the server says %d", status)
	}
	a := js.Global().Get("Uint8Array").New(r.Get("response"))
	n := a.Length()
	if n > maxFile {
		return nil, fmt.Errorf("it has %d bytes, more than a browser should hold", n)
	}
	b = make([]byte, n)
	js.CopyBytesToGo(b, a)
	return b, nil
}

// file is a fetched file; it is its own FileInfo.
type file struct {
	*bytes.Reader
	name string
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (f *file) Close() error               { return nil }
func (f *file) Name() string               { return f.name }
func (f *file) Size() int64                { return f.Reader.Size() }
func (f *file) Mode() fs.FileMode          { return 0o444 }
func (f *file) ModTime() time.Time         { return time.Time{} }
func (f *file) IsDir() bool                { return false }
func (f *file) Sys() any                   { return nil }
