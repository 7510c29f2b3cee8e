package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/training/certificate"
	"github.com/sandogh/sandogh/law"
)

type hqCertificateCmd struct {
	Check hqCertificateCheckCmd `cmd:"" help:"Check a certificate of training by its code, without a network."`
}

type hqCertificateCheckCmd struct {
	Text    string `arg:"" help:"What the code on the certificate says: SC1.…"`
	Key     string `required:"" help:"The public key, from the console's page of certificates." placeholder:"FILE"`
	Revoked string `help:"The list of revoked certificates, from the same page." placeholder:"FILE"`
	On      string `help:"The day on which it has to be good, as a Jalali date; today if it is left out." placeholder:"DAY"`
	JSON    bool   `name:"json" help:"Write one JSON value."`
}

func (hqCertificateCheckCmd) Help() string {
	return `Checks who signed a certificate of training and what it is worth: whether it is
good on the day, and whether the articles of the law that it was given for are
still those of this program's register. It needs no network and no database.

Example: sandogh hq certificate check SC1.… --key training-key.txt --revoked revoked.txt
Exit status: 0 good, 1 forged, expired, revoked or stale, 2 unreadable.`
}

// certificateAnswer is what a program reads.
type certificateAnswer struct {
	certificate.Certificate
	State certificate.State `json:"state"`
	On    string            `json:"on"`    // ISO
	Stale []string          `json:"stale"` // articles that have changed since
}

func (c *hqCertificateCheckCmd) Run(s *streams) error {
	data, err := os.ReadFile(c.Key)
	if err != nil {
		return fmt.Errorf("check certificate: %w", err)
	}
	public, err := certificate.ParsePublic(data)
	if err != nil {
		return fmt.Errorf("check certificate: %s: %w", c.Key, err)
	}
	day := calendar.DayOf(time.Now().In(time.FixedZone("Asia/Tehran", 3*3600+1800)).Date())
	if c.On != "" {
		if day, err = calendar.ParseDay(c.On); err != nil {
			return fmt.Errorf("check certificate: --on: %w", err)
		}
	}
	var revoked certificate.List
	if c.Revoked != "" {
		data, err := os.ReadFile(c.Revoked)
		if err != nil {
			return fmt.Errorf("check certificate: %w", err)
		}
		if revoked, err = certificate.OpenList(strings.TrimSpace(string(data)), public); err != nil {
			return fmt.Errorf("check certificate: %s: %w", c.Revoked, err)
		}
	}
	found, err := certificate.Open(strings.TrimSpace(c.Text), public)
	if err != nil {
		if errors.Is(err, certificate.ErrForged) {
			return refused(err)
		}
		return err
	}
	answer := certificateAnswer{found, found.On(day.Gregorian(), revoked), day.Gregorian(), []string{}}
	for _, a := range found.Articles {
		if all := law.Published().Versions(a.Article); len(all) > 0 && all[len(all)-1].Version != a.Version {
			answer.Stale = append(answer.Stale, a.Article)
		}
	}
	if err := c.print(s, answer); err != nil {
		return err
	}
	switch {
	case answer.State != certificate.Good:
		return refused(fmt.Errorf("the certificate is %s", answer.State))
	case len(answer.Stale) > 0:
		return refused(fmt.Errorf("the law has changed since: %s", strings.Join(answer.Stale, ", ")))
	}
	return nil
}

func (c *hqCertificateCheckCmd) print(s *streams, a certificateAnswer) error {
	if c.JSON {
		b, err := json.MarshalIndent(a, "", "  ")
		if err == nil {
			_, err = fmt.Fprintf(s.out, "%s\n", b)
		}
		return err
	}
	fmt.Fprintf(s.out, "%s\t%s\n", a.State, a.Serial)
	fmt.Fprintf(s.err, "%s (…%s)\n%s\nissued %s, good until %s\n", a.Name, a.Last4, a.Course, a.Issued, a.Expires)
	for _, l := range a.Articles {
		fmt.Fprintf(s.err, "  %s, version %s\n", l.Article, l.Version)
	}
	return nil
}
