package page

import (
	"encoding/json"
	"fmt"

	"interlock/web/ui"
)

// Posture is GET / for who may see the inventory: what waits for them, and where
// things stand.
type Posture struct {
	Shell      ui.Shell
	Today      string // "Thursday, 12 November"
	Lede       string
	Limited    string // what a role of some sites is not shown
	Needs      []PostureNeed
	Calm       string // instead of needs
	Figures    []ui.Figure
	Gaps       string    // "171 gaps on old equipment"
	Exceptions []ui.Fact // nil for who may not see the register
	Able       []AbleRow
	Excepted   bool // Able knows what is excepted
	Findings   []PostureFinding
	Compared   bool          // with a week ago
	Open       string        // "214 open, 12 fewer than last week"; "" for who may not see findings
	Trend      *PostureTrend // nil before there are two days to compare
	Campaigns  []CampaignRow
	Run        bool   // the reader may see campaigns
	Import     string // address of the import, with nothing imported yet; "" when one may not
	Nothing    bool   // nothing is imported yet
}

// PostureNeed is something that waits, and where to go for it.
type PostureNeed struct {
	Icon, Title, Text string
	Tone              string // "", warn, bad
	Do                ui.Link
}

// PostureTrend is how many findings were open, by day.
type PostureTrend struct {
	Text   string     // says the same as the picture
	Days   []TrendDay // each day from the first to today
	Looked []TrendDay // only those on which all was looked at
}

// TrendDay is one day, as it stood at its end.
type TrendDay struct {
	Day  string `json:"day"` // "5 Nov"
	Open int    `json:"open"`
	High int    `json:"high"` // of these, high or critical
}

func (t PostureTrend) data() string {
	body, err := json.Marshal(map[string]any{"days": t.Days})
	if err != nil {
		return "{}"
	}
	return string(body)
}

// shell adds the scripts that the page needs.
func (p Posture) shell() ui.Shell {
	s := p.Shell
	if p.Trend != nil {
		s.Scripts = []string{ui.EChartsJS, chartJS}
	}
	return s
}

// PostureFinding is a rule with open findings.
type PostureFinding struct {
	Rule     ui.Link
	Severity string
	Open     int
	Week     string // "+6" than a week ago; "" when that is not known
	Worse    bool
}

// AbleRow is how much of the equipment in a domain has each of AbleWords.
type AbleRow struct {
	Domain string
	Assets ui.Link // "54 assets"
	Shares []AbleShare
}

// AbleShare is one capability of the assets of a domain.
type AbleShare struct {
	Title                   string // of the column
	Assets                  int
	Able, Excepted, Unknown ui.Link // labels are counts; "" for none
	N                       [3]int  // able, excepted, unknown
}

// AbleWords are the columns: a capability, and what it is for in a word.
var AbleWords = []struct{ Capability, Title, Means string }{
	{"central_logging", "Seen", "what was done is logged elsewhere"},
	{"individual_accounts", "Told apart", "each person has a login of their own"},
	{"mfa", "Asked twice", "signing in takes a second factor"},
}

// percent never rounds up to all, or down to nothing.
func (s AbleShare) percent() string {
	n := s.N[0] * 100 / max(s.Assets, 1)
	if n == 0 && s.N[0] > 0 {
		n = 1
	}
	return fmt.Sprintf("%d %%", n)
}

// barWidth is how wide the picture of shares is, in its own units.
const barWidth = 340

// spans are where each part of a bar begins and how wide it is: able and excepted
// from the left, unknown from the right.
func (s AbleShare) spans() [3][2]string {
	wide := func(n int) float64 { return float64(n) * barWidth / float64(max(s.Assets, 1)) }
	word := func(f float64) string { return fmt.Sprintf("%.1f", f) }
	able, excepted, unknown := wide(s.N[0]), wide(s.N[1]), wide(s.N[2])
	return [3][2]string{{"0", word(able)}, {word(able), word(excepted)}, {word(barWidth - unknown), word(unknown)}}
}
