package cli_test

import (
	"encoding/json"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// obeyed is text of which a terminal would obey half, and show the other half in another order. It fits into a key.
const obeyed = "\x1b[31mred\x1b]52;c;AAAA\x07 \u202eevil\u2066 \u009b2J \u200b\u2028x"

// obeyedShop is a data set with such text wherever there may be any.
func obeyedShop(t *testing.T) string {
	t.Helper()
	line := map[string]any{"type": obeyed, "quantity": 1, "price": 5}
	text, err := json.Marshal(map[string]any{
		"user:ann":                        map[string]any{"name": obeyed, "email": obeyed, "password": "ann-secret", "role": "admin"},
		"user:" + obeyed:                  map[string]any{"name": obeyed, "email": obeyed, "password": "ann-secret", "role": obeyed},
		"event:" + rushID:                 map[string]any{"name": obeyed, "description": obeyed, "location": obeyed, "type": obeyed, "date": obeyed, "current_quantity": 5},
		"event:" + obeyed:                 map[string]any{"name": obeyed, "location": obeyed, "type": obeyed, "date": "2099-01-01", "current_quantity": 5},
		"ticket:" + rushID + ":" + obeyed: map[string]any{"total_quantity": 5, "current_quantity": 3, "price": 5},
		"ticket:" + obeyed + ":red":       map[string]any{"total_quantity": 5, "current_quantity": obeyed, "price": 5},
		"purchase:ann:" + rushID: []any{
			map[string]any{"id": obeyed, "date": obeyed, "tickets": []any{line}}, map[string]any{"tickets": obeyed},
		},
		"purchase:ann:" + obeyed:     []any{map[string]any{"id": obeyed, "date": obeyed, "tickets": []any{line}}},
		"purchase:ann:gone" + obeyed: []any{map[string]any{"id": "gone", "date": obeyed, "tickets": []any{line}}},
		"notification:ann:" + obeyed: map[string]any{"limit": obeyed, "active": obeyed},
		"favourite:" + obeyed:        map[string]any{obeyed: obeyed},
		"search:text:" + obeyed:      []any{obeyed},
		"search:location:a" + obeyed: obeyed,
		"event:types":                []any{obeyed},
		"event:locations":            obeyed,
		"purchase:ann:too:" + obeyed: []any{},
	})
	require.NoError(t, err)
	return string(text)
}

// Text that others have stored, or that somebody was talked into pasting, is shown and not obeyed.
func TestNoCommandPrintsWhatATerminalWouldObey(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	host := p.server()
	file := p.file("obeyed.json", obeyedShop(t))
	p.must("load", file)
	for _, command := range [][]string{
		{"load", file},
		{"load", obeyed},
		{"search"},
		{"event", rushID},
		{"event", rushID, "-w", "json"},
		{"event", obeyed},
		{"orders", "--as", "ann"},
		{"orders", "--as", "ann", "-w", "json"},
		{"orders", "--as", obeyed},
		{"stats"},
		{"stats", "-w", "json"},
		{"status"},
		{"user", "list"},
		{"user", "list", "-w", "json"},
		{"user", "role", obeyed, "admin"},
		{"user", "passwd", obeyed},
		{"buy", rushID, obeyed + "=1", "--as", "ann"},
		{"buy", rushID, obeyed + "=9", "--as", "ann"},
		{"buy", obeyed, "red=1", "--as", "ann"},
		{"cancel", obeyed, "--as", "ann"},
		{"event", "edit", rushID, "--as", obeyed},
		{"event", "rm", obeyed, "--as", "ann"},
		{"event", "rm", rushID, "--refund", "--as", "ann"},
		{"simulate", "--event", obeyed, "--duration", "1s"},
		{"query", "get", "--" + obeyed},
		{"audit"},
		{"audit", "-w", "json"},
		{"audit", "--repair"},
		{"audit", "--repair", "--yes"},
		{obeyed},
	} {
		r := p.runWith("long-enough\n", command...)
		for _, said := range r.out + r.err {
			require.True(t, said == '\n' || unicode.IsPrint(said), "%q prints %U: %q", command, said, r.out+r.err)
		}
	}
	host.ends(t)
}
