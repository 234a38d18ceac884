package tui_test

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/ticketcd/ticketcd/tui"
)

func TestNoKeyIsLongerThanATerminalSends(t *testing.T) {
	t.Parallel()
	for typed, passed := range map[string]string{
		"ann 日本語👩‍🚀é\t\r":                                        "ann 日本語👩‍🚀é\t\r",
		"\x1b[<0;10;5M\x1b[200~a;b\x1b[201~\x1bOP":               "\x1b[<0;10;5M\x1b[200~a;b\x1b[201~\x1bOP",
		"\x1b]11;rgb:ffff/ffff/ffff\x07\x1bP1+r524742=38\x1b\\x": "\x1b]11;rgb:ffff/ffff/ffff\x07\x1bP1+r524742=38\x1b\\x",
		"\x1b[" + strings.Repeat("1;", 100) + "Ax":               "\x1b[" + strings.Repeat("1;", 31) + "1Ax",
		"\x1bP" + strings.Repeat("1:", 100) + "qx":               "\x1bP" + strings.Repeat("1:", 31) + "1qx",
		"\x1b[" + strings.Repeat("1", 1000) + "A":                "\x1b[" + strings.Repeat("1", 128) + "A",
		"\x1b[" + strings.Repeat("!", 1000) + "p":                "\x1b[" + strings.Repeat("!", 128) + "p",
		"\x1b]" + strings.Repeat("x", 5000) + "\x07y":            "\x1b]" + strings.Repeat("x", 1024) + "\x07y",
		"\x1bPq" + strings.Repeat("\x07", 5000) + "\x1b\\y":      "\x1bPq" + strings.Repeat("\x07", 1024) + "\x1b\\y",
		"\x1b[65;0;97;1;0;65535_":                                "\x1b[65;0;97;1;0;65535`",
		"a\x9b31m\xe2\x9d\xffb":                                  "a31mb",
		strings.Repeat(";", 500):                                 strings.Repeat(";", 500),
	} {
		for name, from := range map[string]io.Reader{
			"at once": strings.NewReader(typed), "byte by byte": iotest.OneByteReader(strings.NewReader(typed)),
		} {
			got, err := io.ReadAll(tui.NewKeyReader(from))
			require.NoError(t, err)
			require.Equal(t, passed, string(got), name)
		}
	}
}
