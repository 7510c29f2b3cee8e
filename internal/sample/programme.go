package sample

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sandogh/sandogh/calendar"
	"github.com/sandogh/sandogh/internal/office"
	"github.com/sandogh/sandogh/internal/planner"
	"github.com/sandogh/sandogh/internal/store"
	"github.com/sandogh/sandogh/internal/store/trainingdb"
	"github.com/sandogh/sandogh/internal/training"
	planned "github.com/sandogh/sandogh/internal/training/programme"
	"github.com/sandogh/sandogh/law"
)

// topics are what the national sessions teach, as they were announced: the review of
// earlier rounds, the changes of the law, the electronic election, the proportional
// model, and participation.
var topics = []struct {
	title, article string
	minutes        int64
}{
	{"آسیب‌شناسی دوره‌های پیشین در هر استان", "", 180},
	{"تغییرات قانون و آیین‌نامه", "art. 63", 120},
	{"انتخابات تمام‌الکترونیکی", "elections/electronic", 120},
	{"مدل تناسبی", "proportional/seats", 90},
	{"مشارکت و نشست با گروه‌ها", "", 60},
}

// national plans the training of the provinces, four at a session, the first as it
// was published. Where the scale has no sessions of its own it is published, so that
// there is something to see; else it waits for who looks at it.
func (c *country) national(ctx context.Context, tx *store.Tx) error {
	actor, q, reg := office.Actor{Name: "sample"}, trainingdb.New(tx), law.Published()
	seated := map[string]int{}
	for i, p := range c.people {
		role := training.Role("")
		code := p.code[:min(2, len(p.code))]
		switch {
		case p.role == office.Province && seated[code+string(p.role)] == 0:
			role = training.Politics
		case p.role == office.Province:
			role = training.Groups
		case p.role == office.IT && len(p.code) == 2:
			role = training.IT
		case p.role == office.County && seated[code+string(p.role)] == 0:
			role = training.Capital // the first county is that of the capital
		}
		seated[code+string(p.role)]++
		if role == "" {
			continue
		}
		if err := q.InsertSeat(ctx, trainingdb.InsertSeatParams{Office: code, Role: string(role), Person: idOf(i)}); err != nil {
			return err
		}
	}
	course, err := training.AddCourse(ctx, tx, c.now, actor, "جلسهٔ کشوری رابطان انتخابات (نمونه)", 24)
	if err != nil {
		return err
	}
	for i, t := range topics {
		topic := trainingdb.TrainingTopic{Course: course, Place: int64(i + 1), Title: t.title, Minutes: t.minutes, Article: t.article}
		if err := training.SaveTopic(ctx, tx, c.now, actor, reg, topic); err != nil {
			return err
		}
	}
	t, err := time.Parse(time.DateOnly, c.today)
	if err != nil {
		return err
	}
	window := planner.Span{From: calendar.DayOf(t.Date()) + 14, To: calendar.DayOf(t.Date()) + 70}
	year, _, _ := window.From.Jalali()
	if until, err := calendar.Jalali(year, 4, 20); err == nil && until >= window.From+35 { // as it was announced
		window.To = until
	}
	p, err := planned.Add(ctx, tx, c.now, actor, planned.Settings{Name: "آموزش کشوری، چهار استان در هر جلسه (نمونه)", Kind: training.National, Course: course, Window: window, Size: 4, Days: 2,
		Parallel: 1, Teachers: 2, Seats: 60})
	if err != nil {
		return err
	}
	var failed error
	_, err = planned.Change(ctx, tx, c.now, actor, p.ID, p.Version, "first", func(p *planned.Programme) { failed = planned.PinFirst(ctx, tx, p) })
	if err := errors.Join(failed, err); err != nil {
		return err
	}
	if c.scale.sessions > 0 {
		return nil
	}
	if _, _, err := planned.Publish(ctx, tx, c.now, actor, p.ID, p.Version+1); err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}
