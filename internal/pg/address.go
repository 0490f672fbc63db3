package pg

import (
	"net/url"
	"slices"
	"strings"

	"interlock/internal/errs"
)

// forLibpq turns the address the app connects with into one for PostgreSQL's
// own programs: without its password, which goes in the environment, and without
// what only the app's driver understands.
func forLibpq(address string) (clean string, env []string, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		// never the address itself: it has the password
		return "", nil, errs.Invalidf("PostgreSQL's own programs need INTERLOCK_DATABASE_URL in the form postgres://user:password@host:5432/database: write it so.")
	}
	if password, ok := u.User.Password(); ok {
		env = append(env, "PGPASSWORD="+password)
		u.User = url.User(u.User.Username())
	}
	query := u.Query()
	if password := query.Get("password"); password != "" {
		env = append(env, "PGPASSWORD="+password)
	}
	for name := range query {
		if !libpqKnows(name) {
			query.Del(name)
		}
	}
	// libpq takes a plus sign for itself, not for a space.
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String(), env, nil
}

// libpqKnows lists what libpq takes in an address and we pass on. It refuses an
// address with any other name in it, such as pgx's pool_max_conns.
func libpqKnows(name string) bool {
	return strings.HasPrefix(name, "keepalives") || slices.Contains([]string{
		"host", "hostaddr", "port", "user", "dbname", "passfile", "connect_timeout", "options",
		"application_name", "target_session_attrs", "channel_binding", "service",
		"sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslsni",
		"ssl_min_protocol_version", "ssl_max_protocol_version", "gssencmode", "krbsrvname",
	}, name)
}
