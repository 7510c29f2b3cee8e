package calendar

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// An Export says how a schedule is written as iCalendar.
type Export struct {
	Calendar string    // name of the calendar, unique among calendars: part of each event's UID
	Stamp    time.Time // when the schedule was made, to the second, in UTC
	Lang     Lang
}

// Words of an event's description.
var (
	legalWord   = map[Lang]string{Persian: "قانونی", English: "legal"}
	officeWord  = map[Lang]string{Persian: "اداری", English: "administrative"}
	ownerWord   = map[Lang]string{Persian: "مسئول", English: "owner"}
	articleWord = map[Lang]string{Persian: "ماده", English: "article"}
	untilWord   = map[Lang]string{Persian: "تا", English: "to"}
	calendarOf  = map[Lang]string{Persian: "تقویم انتخابات", English: "Election calendar"}
)

// ICalendar returns the schedule as an iCalendar stream (RFC 5545): an all-day
// event for each stage that has a day. A stage keeps its UID when it moves, so
// that a newer export replaces an older one.
func (s *Schedule) ICalendar(x Export) []byte {
	var b strings.Builder
	line := func(name, value string) { fold75(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Sandogh//"+calendarOf[English]+"//EN")
	line("CALSCALE", "GREGORIAN")
	for i := range s.Entries {
		e := &s.Entries[i]
		// A stage with one day open is written with the other.
		from, to := e.From, e.To
		if from == 0 {
			from = to
		}
		if to == 0 {
			to = from
		}
		if from == 0 {
			continue
		}
		uid := e.Stage.ID + "."
		if s.Constituency != "" {
			uid += s.Constituency + "."
		}
		line("BEGIN", "VEVENT")
		line("UID", escape(uid+x.Calendar))
		line("DTSTAMP", x.Stamp.UTC().Format("20060102T150405Z"))
		line("SEQUENCE", fmt.Sprint(s.Revision))
		line("DTSTART;VALUE=DATE", from.Time().Format("20060102"))
		line("DTEND;VALUE=DATE", (to + 1).Time().Format("20060102")) // the first day after it
		line("SUMMARY;LANGUAGE="+string(x.Lang), escape(e.Stage.Title(x.Lang)))
		line("DESCRIPTION;LANGUAGE="+string(x.Lang), escape(e.description(x.Lang, from, to)))
		if e.Stage.Legal {
			line("CATEGORIES", "LEGAL")
		} else {
			line("CATEGORIES", "ADMINISTRATIVE")
		}
		line("TRANSP", "TRANSPARENT")
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func (e *Entry) description(l Lang, from, to Day) string {
	text := from.In(l)
	if to != from {
		text += " " + untilWord[l] + " " + to.In(l)
	}
	kind := officeWord[l]
	if e.Stage.Legal {
		kind = legalWord[l]
	}
	text += "\n" + kind + "\n" + ownerWord[l] + ": " + e.Stage.Owner
	if e.Stage.Article != "" {
		text += "\n" + articleWord[l] + ": " + e.Stage.Article
	}
	return text
}

var escapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// escape writes a TEXT value (RFC 5545 §3.3.11).
func escape(s string) string { return escapes.Replace(s) }

// fold75 writes a content line in pieces of at most 75 octets, each but the
// first after a space, none with half a character (RFC 5545 §3.1).
func fold75(b *strings.Builder, line string) {
	for limit := 75; len(line) > limit; limit = 74 {
		n := limit
		for !utf8.RuneStart(line[n]) {
			n--
		}
		b.WriteString(line[:n] + "\r\n ")
		line = line[n:]
	}
	b.WriteString(line + "\r\n")
}
