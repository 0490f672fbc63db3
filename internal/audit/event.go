package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"
)

// Event is one line of the log. Seq is its number in the tree, none while it
// waits to be put there.
type Event struct {
	ID       int64
	At       time.Time
	Actor    string
	Action   string
	Object   string
	Campaign *int64
	Detail   json.RawMessage
	Seq      *int64
}

// eventColumns is what scanEvent reads, of a table or row called e.
const eventColumns = `e.id, e.at, e.actor, e.action, e.object, e.campaign_id, e.detail::text`

func scanEvent(row pgx.Row, more ...any) (Event, error) {
	var e Event
	var detail string
	into := append([]any{&e.ID, &e.At, &e.Actor, &e.Action, &e.Object, &e.Campaign, &detail}, more...)
	err := row.Scan(into...)
	e.Detail = json.RawMessage(detail)
	return e, err
}

// canonical fixes the order of the fields of an event as it is hashed. It is
// part of the format of evidence packs: changing it breaks every old proof.
type canonical struct {
	ID       int64           `json:"id"`
	At       string          `json:"at"`
	Actor    string          `json:"actor"`
	Action   string          `json:"action"`
	Object   string          `json:"object"`
	Campaign *int64          `json:"campaign,omitempty"`
	Detail   json.RawMessage `json:"detail"`
}

// timeLayout is RFC 3339 with exactly the microseconds that PostgreSQL keeps.
const timeLayout = "2006-01-02T15:04:05.000000Z07:00"

// Canonical is the event as one line of JSON, byte for byte what its record hash
// covers.
func (e Event) Canonical() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	c := canonical{e.ID, e.At.UTC().Format(timeLayout), e.Actor, e.Action, e.Object, e.Campaign, e.Detail}
	if err := enc.Encode(c); err != nil {
		return nil, fmt.Errorf("event %d: %w", e.ID, err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// ParseEvent reads an event's canonical bytes.
func ParseEvent(line []byte) (Event, error) {
	var c canonical
	if err := json.Unmarshal(line, &c); err != nil {
		return Event{}, fmt.Errorf("read event: %w", err)
	}
	at, err := time.Parse(timeLayout, c.At)
	if err != nil {
		return Event{}, fmt.Errorf("read event %d: %w", c.ID, err)
	}
	return Event{c.ID, at, c.Actor, c.Action, c.Object, c.Campaign, c.Detail, nil}, nil
}

func (e Event) hash() (tlog.Hash, error) {
	line, err := e.Canonical()
	if err != nil {
		return tlog.Hash{}, err
	}
	return tlog.RecordHash(line), nil
}

// String names the event to a person.
func (e Event) String() string {
	return fmt.Sprintf("event %d (%s by %s at %s)", e.ID, e.Action, e.Actor, e.At.UTC().Format(time.RFC3339))
}
