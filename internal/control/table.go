package control

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"interlock/internal/audit"
)

// kind says how a column is written.
type kind int

const (
	text    kind = iota
	literal      // a number or a boolean
	moment
	list // of texts
)

// column is a fact in a pack: its name there and what it is in SQL.
type column struct {
	name, sql string
	kind      kind
}

// table writes the rows of a query as CSV, as JSON or as both.
type table struct {
	columns []column
	from    string
	csv     *csv.Writer
	json    io.Writer
	rows    int64
	line    []byte
	cells   []string
}

// sql composes the query; its values come as text.
func (t *table) sql() string {
	list := make([]string, len(t.columns))
	for i, c := range t.columns {
		list[i] = c.selected()
	}
	return "select " + strings.Join(list, ",\n       ") + "\n" + t.from
}

func (c column) selected() string {
	switch c.kind {
	case moment:
		return `to_char(` + c.sql + ` at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
	case list:
		return `array_to_json(` + c.sql + `)::text`
	case literal:
		return `(` + c.sql + `)::text`
	}
	return c.sql
}

func (t *table) begin() error {
	t.cells = make([]string, len(t.columns))
	for i, c := range t.columns {
		t.cells[i] = c.name
	}
	if t.json != nil {
		if _, err := io.WriteString(t.json, "["); err != nil {
			return err
		}
	}
	return t.csv.Write(t.cells)
}

// row writes one row of values as they came from the database.
func (t *table) row(values [][]byte) error {
	for i, c := range t.columns {
		t.cells[i] = c.cell(values[i])
	}
	if err := t.csv.Write(t.cells); err != nil {
		return err
	}
	t.rows++
	if t.json == nil {
		return nil
	}
	t.line = t.line[:0]
	if t.rows > 1 {
		t.line = append(t.line, ',')
	}
	t.line = append(t.line, '\n', '{')
	for i, c := range t.columns {
		if i > 0 {
			t.line = append(t.line, ',')
		}
		t.line = append(append(append(t.line, '"'), c.name...), '"', ':')
		t.line = c.appendJSON(t.line, values[i])
	}
	_, err := t.json.Write(append(t.line, '}'))
	return err
}

func (t *table) end() error {
	if t.json != nil {
		if _, err := io.WriteString(t.json, "\n]\n"); err != nil {
			return err
		}
	}
	t.csv.Flush()
	return t.csv.Error()
}

// copy runs the query and writes all rows, telling each thousand.
func (t *table) copy(rows pgx.Rows, told func(rows int64)) error {
	defer rows.Close()
	if err := t.begin(); err != nil {
		return err
	}
	for rows.Next() {
		if err := t.row(rows.RawValues()); err != nil {
			return err
		}
		if t.rows%1000 == 0 {
			told(t.rows)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return t.end()
}

func (c column) cell(value []byte) string {
	switch c.kind {
	case text:
		return audit.Cell(string(value))
	case list:
		var all []string
		_ = json.Unmarshal(value, &all)
		return audit.Cell(strings.Join(all, "; "))
	case literal, moment:
	}
	return string(value)
}

func (c column) appendJSON(line, value []byte) []byte {
	switch {
	case value == nil:
		return append(line, "null"...)
	case c.kind == text || c.kind == moment:
		return appendString(line, value)
	}
	return append(line, value...)
}

// appendString quotes a text for JSON; nearly all texts need nothing but quotes.
func appendString(line, value []byte) []byte {
	for _, b := range value {
		if b < ' ' || b == '"' || b == '\\' || b >= utf8.RuneSelf {
			return append(line, quoted(value)...)
		}
	}
	return append(append(append(line, '"'), value...), '"')
}

func quoted(value []byte) []byte {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(string(value)); err != nil {
		panic(fmt.Errorf("quote a text: %w", err))
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
