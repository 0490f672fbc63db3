package control

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

// What goes in comes out, whatever its size and however it is written and read.
func TestChunks(t *testing.T) {
	t.Parallel()
	for _, size := range []int{1, chunkSize - 1, chunkSize, chunkSize + 1, 2 * chunkSize, 2*chunkSize + 4711} {
		r := rand.New(rand.NewPCG(1, uint64(size)))
		whole := make([]byte, size)
		for i := range whole {
			whole[i] = byte(r.Uint32())
		}
		var chunks [][]byte
		c := &chunker{put: func(position int32, content []byte) error {
			if int(position) != len(chunks) {
				t.Errorf("chunk %d comes after %d", position, len(chunks))
			}
			chunks = append(chunks, bytes.Clone(content))
			return nil
		}}
		for rest := whole; len(rest) > 0; {
			n := min(len(rest), 1+r.IntN(3*chunkSize/2))
			if wrote, err := c.Write(rest[:n]); wrote != n || err != nil {
				t.Fatal(wrote, err)
			}
			rest = rest[n:]
		}
		if err := errors.Join(c.flush(), c.flush()); err != nil || len(chunks) != (size+chunkSize-1)/chunkSize {
			t.Fatalf("%d bytes are %d chunks: %v", size, len(chunks), err)
		}
		most := 0
		open := func() *content {
			return &content{size: int64(size), chunk: func(position int32) ([]byte, error) {
				most = max(most, len(chunks[position]))
				return chunks[position], nil
			}}
		}
		got, err := io.ReadAll(open())
		if err != nil || !bytes.Equal(got, whole) || most > chunkSize {
			t.Fatalf("%d bytes come back as %d: %v", size, len(got), err)
		}
		for range 20 {
			from := r.Int64N(int64(size))
			f := open()
			if _, err := f.Seek(from-int64(size), io.SeekEnd); err != nil {
				t.Fatal(err)
			}
			part, err := io.ReadAll(io.LimitReader(iotest.HalfReader(f), 5000))
			if want := whole[from:min(from+5000, int64(size))]; err != nil || !bytes.Equal(part, want) {
				t.Fatalf("from %d of %d: %d bytes, %v", from, size, len(part), err)
			}
		}
	}
}

func TestChunksFail(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	c := &chunker{put: func(int32, []byte) error { return boom }}
	if n, err := c.Write(make([]byte, chunkSize)); !errors.Is(err, boom) || n != chunkSize {
		t.Error(n, err)
	}
	f := &content{size: 10, chunk: func(int32) ([]byte, error) { return nil, boom }}
	if _, err := f.Read(make([]byte, 1)); !errors.Is(err, boom) {
		t.Error(err)
	}
	short := &content{size: 10, chunk: func(int32) ([]byte, error) { return []byte("abc"), nil }}
	if got, err := io.ReadAll(short); !errors.Is(err, io.ErrUnexpectedEOF) || string(got) != "abc" {
		t.Errorf("%q %v", got, err)
	}
	if _, err := f.Seek(-1, io.SeekStart); err == nil {
		t.Error("went before the beginning")
	}
}
