package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Object names what an event is about, as kind and id; Campaign files the event
// with a campaign's evidence, if it belongs to one.
type Object struct {
	Kind     string
	ID       any
	Campaign int64
}

type event struct {
	action string
	object Object
	detail json.RawMessage
}

const insertEvent = `insert into audit_event (at, actor, action, object, campaign_id, detail) values ($1, $2, $3, $4, nullif($5, 0), $6)`

// Record adds an audit event to the transaction. detail says what changed, as
// values that may be shown to an auditor: never a secret. It becomes JSON.
func (tx *Tx) Record(action string, object Object, detail any) {
	body, err := json.Marshal(detail)
	if err != nil {
		panic(fmt.Errorf("event %s: %w", action, err))
	}
	tx.events = append(tx.events, event{action, object, body})
}

// Recorded tells whether anything was recorded yet.
func (tx *Tx) Recorded() bool { return len(tx.events) > 0 }

// sealing bounds how long writing the events and committing takes.
const sealing = 30 * time.Second

// seal sends what was kept for last, writes the events and commits, in one round
// trip. Once that is sent nobody can take it back: who cancels then would hear that
// nothing was changed.
func (tx *Tx) seal(ctx context.Context) error {
	if len(tx.events) == 0 {
		return errors.New("a write recorded no audit event")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sealing)
	defer cancel()
	for _, e := range tx.events {
		object := fmt.Sprintf("%s:%v", e.object.Kind, e.object.ID)
		tx.last.Queue(insertEvent, tx.Now, tx.Actor.ID(), e.action, object, e.object.Campaign, e.detail)
	}
	if tx.raw != nil {
		tx.last.Queue(`commit`)
	}
	return tx.to.SendBatch(ctx, &tx.last).Close()
}
