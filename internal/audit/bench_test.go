package audit_test

import "testing"

// fill makes n events with a detail of a usual size.
func (f *fixture) fill(b testing.TB, n int) {
	b.Helper()
	f.exec(b, `insert into audit_event (at, actor, action, object, campaign_id, detail)
		select $1::timestamptz + i * interval '1 microsecond', 'reviewer' || i % 50 || '@example.com', 'review.decided', 'campaign:7', 7,
		  jsonb_build_object('items', jsonb_build_array(jsonb_build_object('item', i, 'decision', 'certify')), 'bulk', false, 'shown', 'item', 'open_ms', 4200)
		from generate_series(1, $2) i`, f.clock.Now(), n)
}

func BenchmarkSequence(b *testing.B) {
	f := setUp(b)
	f.fill(b, b.N)
	b.ResetTimer()
	f.seal(b)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkVerify(b *testing.B) {
	f := setUp(b)
	f.fill(b, b.N)
	f.seal(b)
	b.ResetTimer()
	if r := f.verify(b); !r.OK {
		b.Fatal(r.Problems)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
