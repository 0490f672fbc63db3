package login

import (
	"context"
	"fmt"

	"github.com/alexedwards/argon2id"

	"interlock/internal/errs"
)

// cost is what the OWASP Password Storage Cheat Sheet asks of Argon2id at least:
// 19 MiB, two passes, one lane.
var cost = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// slots bounds how many hashes are made at once: each takes 19 MiB, and as much
// again may wait for the garbage collector. The whole stays below 150 MB.
var slots = make(chan struct{}, 3)

// dummy is the hash of no password, at the same cost. It is compared where there
// is no account or no password, so that the answer takes as long as any other.
const dummy = "$argon2id$v=19$m=19456,t=2,p=1$aW50ZXJsb2NrLmR1bW15Lg$bm9ib2R5IGtub3dzIHdoYXQgdGhpcyBpcyBhIGhhc2g"

// compare is swapped by the test that counts comparisons.
var compare = argon2id.ComparePasswordAndHash

func hash(ctx context.Context, password string) (string, error) {
	if err := takeSlot(ctx); err != nil {
		return "", err
	}
	defer func() { <-slots }()
	h, err := argon2id.CreateHash(normal(password), cost)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return h, nil
}

// matches tells whether the password is the one that was hashed; false, just as
// late, when there is none.
func matches(ctx context.Context, password string, hashed *string) (bool, error) {
	if err := takeSlot(ctx); err != nil {
		return false, err
	}
	defer func() { <-slots }()
	against := dummy
	if hashed != nil {
		against = *hashed
	}
	same, err := compare(normal(password), against)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return same && hashed != nil, nil
}

func takeSlot(ctx context.Context) error {
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errs.TooManyf("Too many people are signing in right now. Try again in a moment.").Because(ctx.Err())
	}
}
