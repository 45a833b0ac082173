// A judge of exported logs by Go's own packages for them (golang.org/x/mod/sumdb), which know nothing of printd.
//
// It reads one request as JSON from standard input, and writes {"accepted": true} or {"accepted": false, "why": "..."}.
// What is asked stands in tests/support/judges.py.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const width = 256

type request struct {
	Vkey      string `json:"vkey"`
	Folder    string `json:"folder"`
	First     int64  `json:"first"`
	End       int64  `json:"end"`
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

// opened returns the tree of a signed checkpoint of the log that the key is named after.
func opened(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	var tree tlog.Tree
	found, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tree, err
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
	tree, err := opened(signed, verifier)
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
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	told := map[string]any{"accepted": true}
	if err := judge(asked); err != nil {
		told = map[string]any{"accepted": false, "why": err.Error()}
	}
	json.NewEncoder(os.Stdout).Encode(told)
}
