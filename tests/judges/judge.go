// A judge of exported logs by Go's own packages for them (golang.org/x/mod/sumdb), which know nothing of printd.
//
// It reads requests as JSON from standard input, and writes {"accepted": true} or {"accepted": false, "why": "..."} to
// each of them.
// What is asked stands in tests/support/judges.py.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

type request struct {
	Vkey      string   `json:"vkey"`
	Witnesses []string `json:"witnesses"`
	Folder    string   `json:"folder"`
	First     int64    `json:"first"`
	End       int64    `json:"end"`
	Inclusion []struct {
		Index int64    `json:"index"`
		Leaf  string   `json:"leaf"`
		Proof []string `json:"proof"`
	} `json:"inclusion"`
	Consistency []struct {
		Older string   `json:"older"`
		Proof []string `json:"proof"`
	} `json:"consistency"`
}

// tiles reads a folder: its paths are those of sumdb without the height.
type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	found := make([][]byte, len(wanted))
	for i, one := range wanted {
		path := strings.Replace(one.Path(), "tile/8/", "tile/", 1)
		content, err := os.ReadFile(filepath.Join(t.folder, path))
		if err != nil {
			return nil, err
		}
		found[i] = content
	}
	return found, nil
}

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// witness verifies cosignatures (c2sp.org/tlog-cosignature), which Go's packages leave to their users.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string { return w.name }

func (w witness) KeyHash() uint32 { return w.hash }

func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(signature)
	return ed25519.Verify(w.key, fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", time, text), signature[8:])
}

func newWitness(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("malformed witness key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, fmt.Errorf("malformed witness key")
	}
	digest := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if hex.EncodeToString(digest[:4]) != parts[1] {
		return nil, fmt.Errorf("another key ID")
	}
	return witness{parts[0], binary.BigEndian.Uint32(digest[:]), key[1:]}, nil
}

// opened returns the tree of a signed checkpoint of the log that the key is named after, which every witness cosigned.
func opened(signed []byte, verifier note.Verifier, witnesses ...note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	wanted := append(witnesses, verifier)
	found, err := note.Open(signed, note.VerifierList(wanted...))
	if err != nil {
		return tree, err
	}
	if len(found.Sigs) != len(wanted) {
		return tree, fmt.Errorf("%d of %d signed", len(found.Sigs), len(wanted))
	}
	lines := strings.Split(found.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, fmt.Errorf("no checkpoint of %s", verifier.Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return tree, fmt.Errorf("malformed size")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return tree, fmt.Errorf("malformed root")
	}
	tree.N = size
	copy(tree.Hash[:], root)
	return tree, nil
}

func hashes(texts []string) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(texts))
	for i, text := range texts {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != tlog.HashSize {
			return nil, fmt.Errorf("malformed hash")
		}
		copy(found[i][:], raw)
	}
	return found, nil
}

// entries holds every entry of the bundles that the range touches against the tiles, and these against the tree.
func entries(asked request, tree tlog.Tree, reader tlog.HashReader) error {
	for bundle := asked.First / width; bundle*width < asked.End; bundle++ {
		count := min(width, tree.N-bundle*width)
		path := strings.Replace(tlog.Tile{H: 8, L: 0, N: bundle, W: int(count)}.Path(), "tile/8/0/", "tile/entries/", 1)
		content, err := os.ReadFile(filepath.Join(asked.Folder, path))
		if err != nil {
			return err
		}
		indexes := make([]int64, count)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, bundle*width+int64(i))
		}
		stored, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i := range indexes {
			if len(content) < 2 || len(content) < 2+int(binary.BigEndian.Uint16(content)) {
				return fmt.Errorf("%s ends within an entry", path)
			}
			end := 2 + int(binary.BigEndian.Uint16(content))
			if tlog.RecordHash(content[2:end]) != stored[i] {
				return fmt.Errorf("entry %d is not in the tree", bundle*width+int64(i))
			}
			content = content[end:]
		}
		if len(content) > 0 {
			return fmt.Errorf("%s is longer than its entries", path)
		}
	}
	return nil
}

func judge(asked request) error {
	verifier, err := note.NewVerifier(asked.Vkey)
	if err != nil {
		return err
	}
	signed, err := os.ReadFile(filepath.Join(asked.Folder, "checkpoint"))
	if err != nil {
		return err
	}
	witnesses := []note.Verifier{}
	for _, vkey := range asked.Witnesses {
		one, err := newWitness(vkey)
		if err != nil {
			return err
		}
		witnesses = append(witnesses, one)
	}
	tree, err := opened(signed, verifier, witnesses...)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, tiles{asked.Folder})
	if err := entries(asked, tree, reader); err != nil {
		return err
	}
	for _, one := range asked.Inclusion {
		proof, err := hashes(one.Proof)
		if err != nil {
			return err
		}
		leaf, err := hashes([]string{one.Leaf})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, one.Index, leaf[0]); err != nil {
			return fmt.Errorf("inclusion of %d: %w", one.Index, err)
		}
	}
	for _, one := range asked.Consistency {
		proof, err := hashes(one.Proof)
		if err != nil {
			return err
		}
		older, err := opened([]byte(one.Older), verifier)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, older.N, older.Hash); err != nil {
			return fmt.Errorf("consistency with %d: %w", older.N, err)
		}
		if asked.First > 0 || asked.End < tree.N {
			continue // an excerpt lacks the hashes of which another proof could be made
		}
		own, err := tlog.ProveTree(tree.N, older.N, reader)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(own, tree.N, tree.Hash, older.N, older.Hash); err != nil {
			return fmt.Errorf("consistency with %d from the tiles: %w", older.N, err)
		}
	}
	return nil
}

func main() {
	requests, answers := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked request
		err := requests.Decode(&asked)
		if err == io.EOF {
			return
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		told := map[string]any{"accepted": true}
		if err := judge(asked); err != nil {
			told = map[string]any{"accepted": false, "why": err.Error()}
		}
		answers.Encode(told)
	}
}
