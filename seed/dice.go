package seed

import (
	"encoding/binary"
	"math/rand/v2"

	"github.com/google/uuid"
)

// dice are a source of chance that falls the same way for the same seed.
type dice struct{ *rand.Rand }

// Each part of the shop has dice of its own, so that more users do not change the events.
const (
	streamEvents = iota + 1
	streamPeople
	streamShopping
)

func newDice(seed, stream uint64) dice { return dice{rand.New(rand.NewPCG(seed, stream))} }

// between returns a number from low to high, both included.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

func (d dice) chance(probability float64) bool { return d.Float64() < probability }

// pick returns one element of a list that has some.
func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// eventID makes a random (version 4) UUID.
func (d dice) eventID() string {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], d.Uint64())
	binary.BigEndian.PutUint64(id[8:], d.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
