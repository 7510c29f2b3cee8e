package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sandogh/sandogh/internal/body"
	"github.com/sandogh/sandogh/internal/handover"
	"github.com/sandogh/sandogh/internal/remote"
	"github.com/sandogh/sandogh/record"
	"github.com/sandogh/sandogh/verify"
	"github.com/sandogh/sandogh/verify/source"
)

type branchPushCmd struct {
	ID   string `required:"" name:"id" help:"Id of the branch." placeholder:"ID"`
	From string `required:"" help:"Folder of the published log." placeholder:"FOLDER"`
	HQ   string `required:"" name:"hq" help:"Where headquarters receives." placeholder:"URL"`
}

func (branchPushCmd) Help() string {
	return `Sends the published log of a closed branch to headquarters, only what is missing
there, until headquarters has verified and accepted it. Broken off, it is run
again. Carrying the folder there does the same.

Example: sandogh branch push --id 101 --from b1/published --hq https://hq.example/receive
Exit status: 0 accepted, 1 refused, 2 not reached.`
}

func (c *branchPushCmd) Run(ctx context.Context, s *streams) error {
	sent := 0
	err := handover.Push(ctx, c.HQ, c.ID, c.From, nil, func(string) { sent++ })
	var no *handover.RefusedError
	if errors.As(err, &no) {
		return refused(err)
	}
	if err != nil {
		return fmt.Errorf("%w\n%d files were sent before: run this again, and it goes on", err, sent)
	}
	fmt.Fprintf(s.out, "accepted branch %s (%d files sent)\n", c.ID, sent)
	return nil
}

type hqReceiveCmd struct {
	Dir    string `help:"Headquarters' folder." default:"." placeholder:"DIR"`
	Listen string `default:"127.0.0.1:8411" help:"Address to listen on." placeholder:"HOST:PORT"`
}

func (hqReceiveCmd) Help() string {
	return `Receives the published logs of branches, verifies each as take-in does, and keeps
it in HQ/received/<id>/log. It needs no key: what was received goes on the record by
take-in. Whoever reaches it can send nothing that the branch's key has not signed
and enough witnesses have not cosigned. Runs until it is interrupted.

Example: sandogh hq receive --dir HQ --listen 0.0.0.0:8411
         sandogh hq take-in --dir HQ HQ/received/101/log` + hqExample
}

func (c *hqReceiveCmd) Run(ctx context.Context, s *streams) error {
	def, err := (&hqStep{own{Dir: c.Dir}}).definition()
	if err != nil {
		return err
	}
	facts := &source.Facts{}
	dir, published := filepath.Join(c.Dir, "received"), filepath.Join(c.Dir, "record")
	r := &handover.Receiver{Dir: dir, Disk: disk, Definition: def, Witnesses: body.Witnesses(def),
		Accept: func(ctx context.Context, branch, dir string) error {
			of, _, _, err := checkBranch(def, dir)
			if err != nil {
				return err
			}
			with := mounted{FS: os.DirFS(published), at: map[string]fs.FS{record.BranchLog(of): os.DirFS(dir)}}
			if err := with.verify(ctx, def.ID(), verify.Options{Facts: facts}); err != nil {
				return err
			}
			fmt.Fprintf(s.err, "Branch %s is received and verified. Take it in: sandogh hq take-in --dir %s %s\n", of, c.Dir, dir)
			return nil
		}}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("receive: %w: name another address with --listen", err)
	}
	fmt.Fprintf(s.err, "Receiving branches at http://%s/ until Ctrl-C.\n", l.Addr())
	return remote.Serve(ctx, l, http.MaxBytesHandler(r.Handler(), 32<<20))
}
