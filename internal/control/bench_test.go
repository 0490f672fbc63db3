package control_test

import (
	"io"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"interlock/internal/apptest"
	"interlock/internal/control"
)

// decided fills campaign 1 with an answer and an event for every item.
func (f *fixture) decided(t testing.TB) {
	t.Helper()
	f.exec(t, `alter table review_decision disable trigger user`)
	f.exec(t, `insert into review_decision (item_id, campaign_id, decision, note, decided_by, decided_at, open_ms, recommendation, shown)
		select id, 1, 'certify', 'still needed on line ' || id, 'r@example.com', $1, 4000, 'certify', 'item' from review_item where id > 3`, apptest.Start)
	f.exec(t, `insert into audit_event (at, actor, action, object, campaign_id, detail)
		select $1, 'r@example.com', 'review.decided', 'campaign:1', 1, jsonb_build_object('items', jsonb_build_array(jsonb_build_object('item', id, 'decision', 'certify')),
		  'bulk', false, 'shown', 'item', 'open_ms', 4000, 'note', 'still needed on line ' || id)
		from review_item where id > 3`, apptest.Start)
	f.exec(t, `analyze`)
}

func BenchmarkPack(b *testing.B) {
	f := setUp(b)
	f.campaign(b, max(b.N, 3))
	f.decided(b)
	if _, err := f.log.Seal(f.ctx); err != nil {
		b.Fatal(err)
	}
	file, err := os.CreateTemp(b.TempDir(), "pack")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	b.ResetTimer()
	peak := watchHeap(b)
	start := time.Now()
	if err := f.svc.Export(f.ctx, 1, file, nil); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "export-s")
	b.ReportMetric(float64(peak.Swap(0))/1e6, "export-heap-MB")
	start = time.Now()
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		b.Fatal(err)
	}
	r, err := control.Verify(file, size, "")
	if err != nil || !r.Valid {
		b.Fatal(r, err)
	}
	b.ReportMetric(time.Since(start).Seconds(), "verify-s")
	b.ReportMetric(float64(peak.Load())/1e6, "verify-heap-MB")
	b.ReportMetric(float64(size)/1e6, "MB")
}

// watchHeap keeps the largest heap seen.
func watchHeap(b *testing.B) *atomic.Uint64 {
	b.Helper()
	var peak atomic.Uint64
	go func() {
		for b.Context().Err() == nil {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			time.Sleep(200 * time.Millisecond)
		}
	}()
	return &peak
}
