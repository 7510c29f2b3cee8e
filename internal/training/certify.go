package training

import (
	"context"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training/certificate"
)

// Issue gives a certificate to everybody who came to a session and has none of it,
// and returns how many.
func Issue(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, keys Keys, id string) (int, error) {
	q := trainingdb.New(tx)
	s, err := session(ctx, tx, id)
	if err != nil {
		return 0, err
	}
	if office.Day(now) < s.LastDay || s.State == Cancelled {
		return 0, &Fault{Reason: OffDay, Day: s.LastDay, State: s.State}
	}
	course, err := q.Course(ctx, s.Course)
	if err != nil {
		return 0, fmt.Errorf("issue certificates: %w", store.Classify(err))
	}
	topics, err := q.TopicsOf(ctx, trainingdb.TopicsOfParams{Course: s.Course, Session: id})
	if err != nil {
		return 0, fmt.Errorf("issue certificates: %w", store.Classify(err))
	}
	articles := []certificate.Article{}
	seen := map[certificate.Article]bool{}
	for _, t := range topics {
		if a := (certificate.Article{Article: t.Article, Version: t.Edition}); t.Article != "" && !seen[a] {
			seen[a] = true
			articles = append(articles, a)
		}
	}
	rows, err := q.Roster(ctx, trainingdb.RosterParams{Session: id, Max: 100_000})
	if err != nil {
		return 0, fmt.Errorf("issue certificates: %w", store.Classify(err))
	}
	issued := office.Day(now)
	expires := now.In(office.Tehran).AddDate(0, int(course.Months), 0).Format(time.DateOnly)
	n := 0
	for _, r := range rows {
		i := r.TrainingInvitation
		if r.Marked == 0 || r.Serial != "" {
			continue
		}
		c := certificate.Certificate{Serial: store.NewID()[:16], Name: r.Name, Course: course.Name, Issued: issued, Expires: expires, Articles: articles}
		if len(r.Number) == 10 {
			c.Last4 = r.Number[6:]
		}
		text, err := c.Text(keys.Certificate)
		if err != nil {
			return 0, err
		}
		err = q.InsertCertificate(ctx, trainingdb.InsertCertificateParams{Serial: c.Serial, Person: i.Person, Course: s.Course, Session: id, Office: i.Office,
			Role: i.Role, Issued: issued, Expires: expires, Articles: asJSON(articles), Content: text})
		if err != nil {
			return 0, fmt.Errorf("issue certificates: %w", err)
		}
		n++
	}
	if s.State == Planned {
		s.State = Held
		if err := update(ctx, q, s); err != nil {
			return 0, fmt.Errorf("issue certificates: %w", err)
		}
	}
	return n, office.Audit(ctx, tx, now, a, office.TrainingTeach, office.Change{Act: "training.certify", Object: id, Office: s.Office,
		After: map[string]any{"issued": n, "articles": articles, "expires": expires}})
}

// Revoke takes a certificate back.
func Revoke(ctx context.Context, tx *store.Tx, now time.Time, a office.Actor, serial, reason string, version int64) error {
	q := trainingdb.New(tx)
	c, err := q.Certificate(ctx, serial)
	if err != nil {
		return fmt.Errorf("revoke certificate: %w", store.Classify(err))
	}
	err = store.Changed(q.Revoke(ctx, trainingdb.RevokeParams{Revoked: office.Day(now), Reason: reason, Serial: serial, Version: version}))
	if err != nil {
		return fmt.Errorf("revoke certificate: %w", err)
	}
	return office.Audit(ctx, tx, now, a, office.TrainingPlan, office.Change{Act: "training.certificate.revoke", Object: serial, Office: c.TrainingCertificate.Office,
		After: map[string]string{"reason": reason}})
}

// Revoked returns the signed list of all that were revoked.
func Revoked(ctx context.Context, db trainingdb.DBTX, now time.Time, keys Keys) (string, error) {
	rows, err := trainingdb.New(db).Revoked(ctx)
	if err != nil {
		return "", fmt.Errorf("read revoked certificates: %w", store.Classify(err))
	}
	l := certificate.List{Day: office.Day(now)}
	for _, r := range rows {
		l.Serials = append(l.Serials, r.Serial)
	}
	return l.Text(keys.Certificate), nil
}
