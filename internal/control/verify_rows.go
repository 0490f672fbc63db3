package control

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"interlock/internal/audit"
)

// lines calls each for every line, none longer than this program reads.
func lines(r io.Reader, each func([]byte) bool) error {
	in := bufio.NewReaderSize(r, 1<<16)
	var line []byte
	for {
		piece, err := in.ReadSlice('\n')
		line = append(line, piece...)
		switch {
		case len(line) > maxLine:
			return errors.New("line too long")
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && len(line) == 0:
			return nil
		}
		if !each(bytes.TrimSuffix(line, []byte("\n"))) || err != nil {
			return nil //nolint:nilerr // the sums tell whether this is the end
		}
		line = line[:0]
	}
}

// readTrail checks every event against the signed head.
func (c *check) readTrail(r io.Reader) {
	text, ok := c.opened(checkpointFile)
	head, err := audit.ParseHead(text)
	if err != nil && ok {
		c.problem("%s is no checkpoint of an audit log.", checkpointFile)
	}
	var n int64
	err = lines(r, func(line []byte) bool {
		n++
		c.readEvent(n, line, head)
		return c.More == 0
	})
	if err != nil || (n != c.manifest.Events && c.More == 0) {
		c.problem("%s has %d events, %s says %d.", trailFile, n, manifestFile, c.manifest.Events)
	}
}

func (c *check) readEvent(row int64, line []byte, head audit.Head) {
	var l struct {
		Seq   int64           `json:"seq"`
		Event json.RawMessage `json:"event"`
		Proof []tlog.Hash     `json:"proof"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		c.problem("%s, line %d, was changed: it cannot be read.", trailFile, row)
		return
	}
	if err := tlog.CheckRecord(l.Proof, head.Size, head.Root, l.Seq, tlog.RecordHash(l.Event)); err != nil {
		c.problem("%s, line %d: the event no. %d is not in the signed audit log; it or its proof was changed.", trailFile, row, l.Seq)
		return
	}
	e, err := audit.ParseEvent(l.Event)
	if err != nil || e.Campaign == nil || *e.Campaign != c.manifest.Campaign {
		c.problem("%s, line %d: the event no. %d does not belong to campaign %d.", trailFile, row, l.Seq, c.manifest.Campaign)
		return
	}
	c.answers.said(e, l.Seq)
}

// array calls each for every object of one of our JSON files, which have one a line.
func array(r io.Reader, each func(row int64, object []byte) bool) (n int64, err error) {
	first := true
	err = lines(r, func(line []byte) bool {
		if first {
			first = false
			return string(line) == "["
		}
		if string(line) == "]" || len(line) == 0 {
			return true
		}
		n++
		return each(n, bytes.TrimSuffix(line, []byte(",")))
	})
	return n, err
}

func (c *check) readItems(r io.Reader) {
	n, err := array(r, func(int64, []byte) bool { return true })
	if err != nil || n != c.manifest.Items {
		c.problem("%s has %d items, %s says %d.", itemsFile, n, manifestFile, c.manifest.Items)
	}
}

// decisionRow is what is held against the audit log.
type decisionRow struct {
	Item      int64     `json:"item"`
	Decision  string    `json:"decision"`
	ReduceTo  int64     `json:"reduce_to_id"`
	DecidedBy string    `json:"decided_by"`
	DecidedAt time.Time `json:"decided_at"`
	Bulk      bool      `json:"bulk"`
	Note      string    `json:"note"`
	// EnteredBy is null when they answered themselves; packs before it have none.
	EnteredBy json.RawMessage `json:"entered_by"`
}

func (c *check) readDecisions(r io.Reader) {
	n, err := array(r, func(row int64, object []byte) bool {
		var d decisionRow
		if err := json.Unmarshal(object, &d); err != nil {
			c.problem("%s, row %d, was changed: it cannot be read.", decisionsFile, row)
			return c.More == 0
		}
		if !c.answers.has(d) {
			c.problem("%s, row %d (item %d, %s by %s): the audit log has no such answer.", decisionsFile, row, d.Item, d.Decision, d.DecidedBy)
		}
		return c.More == 0
	})
	if err != nil || (n != c.manifest.Decisions && c.More == 0) {
		c.problem("%s has %d decisions, %s says %d.", decisionsFile, n, manifestFile, c.manifest.Decisions)
	}
}
