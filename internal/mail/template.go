package mail

import (
	"embed"
	"encoding/json"
	"fmt"
	html "html/template"
	"strings"
	"text/template"
	"time"
)

// Digest is what the mails tell.
type Digest struct {
	Campaign int64     `json:"campaign"`
	Title    string    `json:"title"`
	Name     string    `json:"name"`
	Items    int64     `json:"items"` // still to decide
	High     int64     `json:"high"`  // of them high risk
	Minutes  int       `json:"minutes"`
	Due      time.Time `json:"due"`
	Zone     string    `json:"zone"`   // in which Due is told; "" for the installation's
	By       string    `json:"by"`     // who asked for it; "" for Interlock itself
	Other    string    `json:"other"`  // who had the items before, or has them now
	Reason   string    `json:"reason"` // why they changed hands, or what is said to an offer
	Things   []string  `json:"things"` // what is offered: the first by name
	Path     string    `json:"path"`   // where it is answered, if not in a review
}

// Unnamed is how many things go without their name.
func (d Digest) Unnamed() int64 { return d.Items - int64(len(d.Things)) }

// Opens says in words what the mail's address opens.
func (d Digest) Opens() string {
	switch {
	case d.Path == "/ownership":
		return "Answer the offer"
	case d.Path == "/exceptions/mine":
		return "Open what is yours in the register of exceptions"
	case strings.HasPrefix(d.Path, "/exceptions"):
		return "Open the register of exceptions"
	}
	return "Open your review"
}

// view is what the templates see.
type view struct {
	Digest
	When     string // Due, with its time zone
	Review   string // address of the review
	Overview string // address of the campaign
	Host     string // of this Interlock
	Link     string // sets a password; empty if there is one
	LinkNote string // stands for the link where it must not be shown
}

// later stands for the single-use link wherever it is not the mail itself.
const later = "(single-use link, made when the mail is sent)"

//go:embed templates
var files embed.FS

var (
	texts = template.Must(template.New("").Funcs(words).ParseFS(files, "templates/*.txt"))
	pages = html.Must(html.New("").Funcs(words).ParseFS(files, "templates/*.html"))
)

var words = map[string]any{
	"plural": func(n any, one string) string {
		if fmt.Sprint(n) == "1" {
			return "1 " + one
		}
		return fmt.Sprintf("%v %ss", n, one)
	},
	"lower": strings.ToLower,
}

func (s Settings) view(data json.RawMessage) (v view, err error) {
	if err := json.Unmarshal(data, &v.Digest); err != nil {
		return v, fmt.Errorf("mail data: %w", err)
	}
	v.Title, v.Name, v.By, v.Other = oneLine(v.Title), oneLine(v.Name), oneLine(v.By), oneLine(v.Other)
	for i := range v.Things {
		v.Things[i] = oneLine(v.Things[i])
	}
	v.When = moment(v.Due, v.Zone, s.Zone)
	v.Review = fmt.Sprintf("%s/reviews/%d", s.base(), v.Campaign)
	if v.Path != "" {
		v.Review = s.base() + v.Path
	}
	v.Overview = fmt.Sprintf("%s/campaigns/%d", s.base(), v.Campaign)
	v.Host = s.host()
	return v, nil
}

// moment writes Sun 29 Nov 2026, 18:00 Europe/Stockholm, in the first zone that is
// known.
func moment(t time.Time, zones ...string) string {
	zone := time.UTC
	for _, name := range zones {
		if known, err := time.LoadLocation(name); err == nil && name != "" {
			zone = known
			break
		}
	}
	return t.In(zone).Format("Mon 2 Jan 2006, 15:04 ") + zone.String()
}

func render(name string, v view) (text, page string, err error) {
	var t, p strings.Builder
	if err := texts.ExecuteTemplate(&t, name+".txt", v); err != nil {
		return "", "", fmt.Errorf("mail %s: %w", name, err)
	}
	if err := pages.ExecuteTemplate(&p, name+".html", v); err != nil {
		return "", "", fmt.Errorf("mail %s: %w", name, err)
	}
	return t.String(), p.String(), nil
}
