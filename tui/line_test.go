package tui

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sameByte is a line without an end, as /dev/zero is one.
type sameByte struct{ left int }

func (s *sameByte) Read(p []byte) (int, error) {
	if s.left == 0 {
		return copy(p, "\n"), nil
	}
	n := min(len(p), s.left)
	clear(p[:n])
	s.left -= n
	return n, nil
}

func TestALineWithoutAnEndTakesNoMoreMemoryThanAnyOther(t *testing.T) {
	t.Parallel()
	text, err := readLine(bufio.NewReader(&sameByte{left: 10 << 20}))
	require.NoError(t, err)
	require.Len(t, text, maxAnswer)
	in := bufio.NewReader(strings.NewReader(strings.Repeat("x", 3*maxAnswer) + "\nhelp\nlast"))
	for _, want := range []string{strings.Repeat("x", maxAnswer), "help\n", "last"} {
		text, err = readLine(in)
		require.NoError(t, err)
		require.Equal(t, want, text)
	}
	_, err = readLine(in)
	require.ErrorIs(t, err, io.EOF)
}
