package page

import (
	"encoding/json"

	"interlock/web/ui"
)

// Map is GET /map: the plant by Purdue level and zone, the ways between zones, and
// who crosses the boundary by them.
//
// Query: site, zone, conduit (several, joined by commas), way (home.conduit.zone),
// only (strong, new, around, unrecorded, single, unknown), list (ways or who),
// skip (ways) and before (grants), which the pagers carry.
type Map struct {
	Shell     ui.Shell
	Lede      string
	Sites     []ui.View   // all and each site; empty when there are too many
	SiteList  []ui.Option // instead, to choose from
	Site      string      // the one chosen
	Hidden    []ui.Param  // carried by that form
	Picture   MapPicture
	LookLede  string     // "605 live grants"
	Look      []MapLook  // what to look at first, with nothing chosen
	Chosen    *MapChosen // what is chosen
	Lists     []ui.View  // ways, who crosses
	Lede2     string     // of the list that is shown
	Ways      []MapWay
	Who       []MapCrossing
	Showing   string // ways or who
	Pager     ui.Pager
	Zones     []MapZone
	Conduits  []MapConduit
	Empty     string // "" or why there is nothing to draw
	MayImport bool
}

// MapPicture is what the browser draws, once for each width; Text says the same.
type MapPicture struct {
	Text     string
	Drawings []MapDrawing
	Bundled  string // what stands together, "" when every zone has its own box
}

// MapDrawing is a picture of a width, in its own units.
type MapDrawing struct {
	Width  float64   `json:"w"`
	Height float64   `json:"h"`
	Boxes  []MapBox  `json:"boxes"`
	Lines  []MapLine `json:"lines"`
	Ends   []MapEnd  `json:"ends"`
	Texts  []MapText `json:"texts"`
	Bars   []MapBar  `json:"bars,omitempty"`
	Rule   float64   `json:"rule,omitempty"`  // where the boundary is drawn
	Faded  bool      `json:"faded,omitempty"` // what is not chosen steps back
}

// MapBox is a zone, or several.
type MapBox struct {
	Rect   [4]float64 `json:"r"` // x, y, width, height
	Domain string     `json:"d"`
	Title  string     `json:"t"`
	Sub    string     `json:"s,omitempty"`
	Short  string     `json:"n,omitempty"` // instead of Sub where it does not fit
	Tip    string     `json:"tip"`
	Href   string     `json:"href"`
	On     bool       `json:"on,omitempty"`
}

// MapLine is a straight piece of ways. Kind is how they are drawn: around, open,
// recorded, unknown, diode.
type MapLine struct {
	At    [4]float64 `json:"p"` // from x, y to x, y
	Width float64    `json:"w"`
	Kind  string     `json:"k"`
	Tip   string     `json:"tip"`
	Href  string     `json:"href"`
	On    bool       `json:"on,omitempty"`
}

// MapEnd is where a way arrives.
type MapEnd struct {
	At   [2]float64 `json:"p"`
	Up   bool       `json:"up,omitempty"`
	Kind string     `json:"k"`
	On   bool       `json:"on,omitempty"`
}

// MapText is a word in the picture. Tone is ink, soft, warn or a domain.
type MapText struct {
	At     [2]float64 `json:"p"`
	Text   string     `json:"t"`
	Tone   string     `json:"c"`
	Strong bool       `json:"b,omitempty"`
	Mono   bool       `json:"m,omitempty"`
	Width  float64    `json:"w,omitempty"` // cut to it
}

// MapBar is how many get to a level.
type MapBar struct {
	Rect [4]float64 `json:"r"`
	Text string     `json:"t"`
	Tip  string     `json:"tip"`
	Href string     `json:"href,omitempty"`
}

// MapLook is a count that leads to its rows.
type MapLook struct {
	Label string
	N     int
	Href  string
	Warn  bool
}

// MapChosen is what was clicked.
type MapChosen struct {
	Title string
	Sub   string
	Route *ui.Route
	Facts []ui.Fact
	Links []ui.Link
	Clear string
}

// MapWay is a way across: from a home, by a conduit, into a zone.
type MapWay struct {
	Home       string
	From       ui.Place
	FromName   string // "" is unknown
	Through    string // "" is unknown
	ThroughSub string
	Around     bool
	To         ui.Place
	ToName     string
	Identities int
	Grants     int
	Href       string
	Guards     MapGuards
	On         bool
}

// MapGuards is what a conduit guards with, each yes, no or "".
type MapGuards struct {
	Recorded, Second, Vaulted string
	Known                     bool // which conduit it is
	None                      bool // it carries no access
}

// MapCrossing is a grant that crosses.
type MapCrossing struct {
	Kind      string
	Who       string
	WhoHref   string
	WhoSub    string
	Right     string
	Privilege string
	Asset     string
	AssetHref string
	Safety    bool
	To        ui.Place
	ToName    string
	Through   string
	Around    bool
	Href      string // of the conduit on the map
	Guards    MapGuards
	New       bool
	LastUsed  string
}

// MapZone is a zone in the list of all that are drawn.
type MapZone struct {
	Name       string
	Place      ui.Place
	Site       string
	Assets     int
	AssetsHref string
	Safety     int
	Identities int
	Href       string
	On         bool
}

// MapConduit is a conduit in the list of all that are drawn.
type MapConduit struct {
	Name       string
	Kind       string
	From, To   ui.Place
	FromName   string
	ToName     string
	Around     bool
	Identities int
	Href       string
	Guards     MapGuards
	On         bool
}

// data is the drawings as the page's script reads them.
func (p MapPicture) data() string {
	body, err := json.Marshal(p.Drawings)
	if err != nil {
		return "[]"
	}
	return string(body)
}
