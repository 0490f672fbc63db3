// Package mail carries what other packages have to tell people. A message is a
// row and a job in the transaction of its cause; its words are made from a
// template when it is sent or shown. mail decides neither who is told nor when.
//
// Delivery is at least once: a message is marked as sent right after the server
// took it, so a crash or a lost connection between the two sends it again, under
// the same Message-ID, by which mail programs and servers know the copy.
package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/riverqueue/river"

	"interlock/internal/job"
	"interlock/internal/store"
	"interlock/internal/store/sqlc"
)

// Queue is River's queue for mail jobs: a mail server that hangs keeps no other
// work waiting.
const Queue = "mail"

// tries is how often a message is tried, over about two days; see wait.
const tries = 12

// Message is one mail to one person. Template names how it is worded, Data is
// what it tells, as Digest or with the same JSON.
type Message struct {
	To       string
	Template string
	Subject  string
	Data     any
}

// Deliver is the job that sends one message.
type Deliver struct {
	Message int64 `json:"message"`
}

// Kind names the job.
func (Deliver) Kind() string { return "mail_deliver" }

// InsertOpts says in which queue and how often.
func (Deliver) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: Queue, MaxAttempts: tries}
}

// Enqueue keeps the messages and sends them once the transaction is committed.
func Enqueue(ctx context.Context, tx *store.Tx, messages []Message) error {
	rows := sqlc.MailAddParams{Now: tx.Now}
	for _, m := range messages {
		data, err := json.Marshal(m.Data)
		if err == nil { // what cannot be shown is refused now, not when it is sent
			err = json.Unmarshal(data, new(Digest))
		}
		if err == nil && texts.Lookup(m.Template+".txt") == nil {
			err = errors.New("no such template")
		}
		if err != nil {
			return fmt.Errorf("mail %s: %w", m.Template, err)
		}
		rows.Recipients = append(rows.Recipients, oneLine(m.To))
		rows.Subjects = append(rows.Subjects, oneLine(m.Subject))
		rows.Templates = append(rows.Templates, m.Template)
		rows.Datas = append(rows.Datas, string(data))
	}
	ids, err := tx.MailAdd(ctx, rows)
	if err != nil {
		return err
	}
	return enqueue(ctx, tx, ids)
}

func enqueue(ctx context.Context, tx *store.Tx, ids []int64) error {
	jobs := make([]river.InsertManyParams, len(ids))
	for i, id := range ids {
		jobs[i].Args = Deliver{Message: id}
	}
	return job.EnqueueMany(ctx, tx, jobs)
}

// lineLength is the most characters of a header or a name.
const lineLength = 250

// oneLine keeps a text from being more than one line of a mail: no line breaks
// and nothing else that does not print, such as marks that turn the reading order.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if runes := []rune(text); len(runes) > lineLength {
		text = string(runes[:lineLength-1]) + "…"
	}
	return text
}
