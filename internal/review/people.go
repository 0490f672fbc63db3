package review

import (
	"context"

	"interlock/internal/store"
)

// Names are the names of people by e-mail, of those whose name is known.
type Names map[string]string

// of is the name of who has the e-mail, or the e-mail.
func (n Names) of(email string) string {
	if name := n[email]; name != "" {
		return name
	}
	return email
}

// names reads the names of people; what is no e-mail has none.
func names(ctx context.Context, tx *store.Tx, emails ...string) (Names, error) {
	rows, err := tx.ReviewNames(ctx, emails)
	known := Names{}
	for _, r := range rows {
		if r.Name != r.Email {
			known[r.Email] = r.Name
		}
	}
	return known, err
}

// Names reads the names of people that a page speaks of.
func (s *Service) Names(ctx context.Context, emails ...string) (Names, error) {
	var known Names
	err := s.db.Read(ctx, "account:own", func(tx *store.Tx) (err error) {
		known, err = names(ctx, tx, emails...)
		return err
	})
	return known, err
}
