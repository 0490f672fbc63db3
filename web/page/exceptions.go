package page

import (
	"slices"
	"strconv"

	"interlock/web/ui"
)

// Exceptions is GET /exceptions: the register of what legacy assets cannot do.
//
// Query: view (live, waiting, drifting, ending, in_force or a state), capability,
// site and asset (numbers), cell ("3x4"), month ("2027-01"), where (CEL), sort (risk,
// age, ends, drift), after. /exceptions.csv takes the same.
type Exceptions struct {
	Shell        ui.Shell
	Lede         string
	Waiting      string // "4 wait for your decision."; "" for none
	Figures      []ui.Figure
	Heat         []HeatRow
	HeatLede     string
	Months       []Month
	MonthsLede   string
	Knot         string
	KnotLink     ui.Link
	Views        []ui.View
	Capability   string
	Options      []ui.Option
	Site         string
	Sites        []ui.Option
	Where        string
	WhereError   string
	Names        []ScopeField
	Sort         string
	Order        string // in words
	Filtered     bool
	Kept         []KeptView
	KeepQuery    string // what would be kept; "" when it is
	KeepError    string
	Hidden       []ui.Param
	Only         string
	Head         []ui.SortHeader // risk, controls, age, end
	Ages         Shares
	BySite       []GapShare
	ByCapability []GapShare
	Rows         []ExceptionRow
	Pager        ui.Pager
	CSV          string
	Ask          bool
}

// KeptView is a filter that the reader keeps.
type KeptView struct {
	Name, Href, Drop string
	Current          bool
}

// Shares is how a whole is divided.
type Shares struct {
	Lede string
	Href string // all of it
	Rows []Share
}

// Share is a part of a whole.
type Share struct {
	Label, Href string
	Count, Of   int
	Warn        bool
}

// GapShare is the gaps at a site or of a capability, and how they stand.
type GapShare struct {
	Label                              string
	Gaps, Covered, Drifting, Uncovered int
	CoveredHref, DriftHref, OpenHref   string
}

// HeatRow is a likelihood of the matrix, the most likely first.
type HeatRow struct {
	Likelihood int
	Word       string
	Cells      []HeatCell
}

// HeatCell is one field of the matrix.
type HeatCell struct {
	Count, Score int
	Band         string // low, medium, high, critical
	Over         bool   // above appetite
	Href         string
}

func (c HeatCell) class() string { return c.Band[:1] }

func (c HeatCell) letter() string { return string(c.Band[0] - 'a' + 'A') }

func (c HeatCell) spoken() string {
	s := ui.Plural(c.Count, "exception", "exceptions") + ", score " + strconv.Itoa(c.Score)
	if c.Over && c.Count > 0 {
		s += ", exceeds appetite"
	}
	return s
}

// Month is what ends in it.
type Month struct {
	Label           string // "Jan 2027"
	Short           string // "Jan"
	Low, Mid, High  int
	Href            string
	x, y1, y2, y3   int
	h1, h2, h3, top int
}

func (m Month) total() int { return m.Low + m.Mid + m.High }

const (
	monthWide   = 46
	monthHeight = 120
)

// Bars gives each month its place in the picture.
func Bars(months []Month) []Month {
	most := 1
	for _, m := range months {
		most = max(most, m.total())
	}
	for i := range months {
		m := &months[i]
		m.x = 14 + i*monthWide
		m.h1, m.h2, m.h3 = m.Low*monthHeight/most, m.Mid*monthHeight/most, m.High*monthHeight/most
		m.y1 = 20 + monthHeight - m.h1
		m.y2 = m.y1 - m.h2
		m.y3 = m.y2 - m.h3
		m.top = m.y3 - 5
	}
	return months
}

// ExceptionRow is one entry.
type ExceptionRow struct {
	Href, ID      string
	Place         ui.Place
	Asset         string
	AssetHref     string
	Where         string
	Safety        bool
	Cannot        string
	Band          string // "" until scored
	Score         string // "3 × 4 = 12"
	Controls      ui.Chip
	Owner         string
	Age, Renewed  string
	Ends, EndNote string
	Late          bool   // it ends within 30 days, or has
	Drift         string // "since 3 Nov 2026"
	Renew         string // what a form sends to ask for its renewal; "" when it cannot be
	State         ui.Chip
}

// Gaps is GET /exceptions/uncovered: what no exception covers.
type Gaps struct {
	Shell      ui.Shell
	Capability string
	Site       string
	Options    []ui.Option
	Rows       []GapRow
	Pager      ui.Pager
	Ask        bool
}

// GapRow is one gap; Value is what the form sends for it.
type GapRow struct {
	Value     string
	Place     ui.Place
	Asset     string
	AssetHref string
	Where     string
	Safety    bool
	Cannot    string
	Partly    bool
	Last      ui.Link // the exception it had, if any
}

// renewable tells whether the reader may ask to renew any of those listed.
func (p Exceptions) renewable() bool {
	return p.Ask && slices.ContainsFunc(p.Rows, func(r ExceptionRow) bool { return r.Renew != "" })
}
