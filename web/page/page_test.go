package page_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/a-h/templ"

	"interlock/internal/apptest"
	"interlock/web/ui"
)

// Every page obeys the content policy, nests its elements, names each id once
// and labels each field. With INTERLOCK_PAGES=dir the pages are written there.
func TestPages(t *testing.T) {
	for name, c := range pages() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := c.Render(context.Background(), &b); err != nil {
				t.Fatal(err)
			}
			if dir := os.Getenv("INTERLOCK_PAGES"); dir != "" {
				if err := os.WriteFile(filepath.Join(dir, name+".html"), b.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			check(t, b.String())
		})
	}
}

func check(t *testing.T, html string) {
	t.Helper()
	apptest.CheckHTML(t, html)
}

// pieces renders what no page uses yet, each once.
func pieces() templ.Component {
	list := []templ.Component{
		ui.Head{Crumbs: []ui.Link{{Label: "Here", Href: "/"}, {Label: "There"}}, Title: "Pieces", Lede: "Every piece once."}.Bar(),
		ui.Figures([]ui.Figure{{Title: "Decided", Value: "582", Of: "of 1,284", Href: "/x", Sub: "431 certified"}, {Title: "High risk open", Value: "41", Tone: "warn", Of: "of 96", Href: "/x"}, {Title: "Came back", Value: "1", Tone: "bad"}}),
		ui.Steps("State", []ui.Step{{Label: "Draft", Done: true}, {Label: "Active until 19 Nov", Current: true}, {Label: "Closed"}}),
		ui.Note("info", "The preview is from 06:10.", "Two sources were imported since."), ui.Note("warn", "Veldhaven is 9 days old.", ""), ui.Note("bad", "The access came back.", "Import 214 still has it."), ui.Note("good", "All 118 removals are verified.", ""),
		ui.Log([]ui.Event{{When: "12 Nov 2026", Text: "Launched", Tone: "now"}, {When: "11 Nov 2026", Text: "Refused", Tone: "bad"}}),
		ui.Route{Upright: true, Stops: []ui.Stop{{Place: ui.Place{Level: "4", Domain: "it"}, Name: "Office PC"}, {Place: ui.Place{Level: "2", Domain: "ot"}, Name: "EWS-04", Sub: "Line 2"}}, Hops: []ui.Hop{{Name: "jump host", Guards: ui.Guards("yes", "yes", "yes")}}}.Picture(),
		ui.FilterBar{Action: "/x", Name: "where", Value: `asset.levle <= 2.0 && x == "y"`, Error: "At character 7, “levle” is not known. Known for asset: id, name, level.", Views: []ui.View{{Label: "All", Href: "/x", Count: 8177, Current: true}, {Label: "Mine", Href: "/x", Count: -1}}, CSV: "/x.csv"}.Form(),
		ui.Pager{Text: "3 of 8,177", Next: "/x?after=3"}.Bar(),
		ui.Confirm{Title: "Revoke 13 rights?", Text: "13 people lose view on HIST-DMZ.", Action: "/x", Do: "Revoke 13", Danger: true, Cancel: ui.Link{Label: "Keep them", Href: "/x"}, Note: &ui.Textarea{Name: "why", Label: "Why", Aside: "(needed)", Error: "A reason is needed."}, Error: "Someone else changed it."}.Card(),
		ui.Select{Name: "asset", Label: "Asset", Prompt: "Choose", Value: "2", Options: []ui.Option{{Value: "1", Label: "One"}, {Value: "2", Label: "Two"}}, Hint: "Any."}.Field(),
		ui.Progress{Label: "Launching", Done: 812, Total: 1284, Side: "about 20 s"}.Bar(),
		ui.Empty("No exceptions yet", "Import the capabilities of your assets."),
		ui.Bar(10, []ui.Part{{N: 4, Tone: "good", Text: "4 yes"}, {N: 3, Tone: "hatch", Text: "3 excepted"}, {N: 2, Tone: "none", Text: "2 unknown"}}),
		ui.BarKey([]ui.Part{{N: 4, Tone: "good", Text: "4 yes"}, {N: 3, Tone: "hatch", Text: "3 excepted"}, {N: 2, Tone: "none", Text: "2 unknown"}, {N: 1, Text: "1 no"}}),
	}
	for _, d := range []string{"it", "dmz", "ot", "external", ""} {
		list = append(list, ui.Domain(d), ui.Level(ui.Place{Level: "3", Domain: d}), ui.Level(ui.Place{Domain: d}))
	}
	for _, k := range []string{"person", "contractor", "vendor", "shared", "service", "api_key", "certificate", "workload", "agent", ""} {
		list = append(list, ui.Kind(k))
	}
	for _, p := range []string{"view", "operate", "engineer", "admin", ""} {
		list = append(list, ui.Privilege(p))
	}
	for _, r := range []string{"low", "medium", "high", "critical", ""} {
		list = append(list, ui.Risk(r))
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return ui.Layout(shell("Pieces")).Render(templ.WithChildren(ctx, templ.Join(list...)), w)
	})
}
