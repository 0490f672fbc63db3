package finding

import "testing"

func TestIsReadable(t *testing.T) {
	t.Parallel()
	if len(readable()) < 5 {
		t.Fatalf("the rule's words were not found: %q", readable())
	}
	for storage, want := range map[string]bool{"file": true, "Code": true, "note": true, "vault": false, "hsm": false, "": false, "files": false} {
		if IsReadable(storage) != want {
			t.Errorf("%q is readable: %v", storage, !want)
		}
	}
}
