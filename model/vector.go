package model

import "slices"

// chunkSize trades the garbage of one change (a chunk, plus one pointer per chunk) against the pointers to copy: with
// 100,000 elements a change copies 2 kB and 3 kB.
const chunkSize = 256

// vector is a persistent list: a changed copy shares all chunks but those that were changed. An element keeps its index,
// and the length only grows.
type vector[T any] struct {
	chunks []*[chunkSize]T
	length int
}

func (v vector[T]) at(i int) T { return v.chunks[i/chunkSize][i%chunkSize] }

// edit returns a copy that may be changed in place until it is published.
func (v vector[T]) edit() *vectorEdit[T] {
	return &vectorEdit[T]{
		vector: vector[T]{chunks: slices.Clone(v.chunks), length: v.length},
	}
}

type vectorEdit[T any] struct {
	vector[T]
	own map[int]bool // the chunks that were copied already
}

func (e *vectorEdit[T]) set(i int, value T) {
	chunk := i / chunkSize
	if !e.own[chunk] {
		fresh := *e.chunks[chunk]
		e.chunks[chunk] = &fresh
		e.owns(chunk)
	}
	e.chunks[chunk][i%chunkSize] = value
}

func (e *vectorEdit[T]) owns(chunk int) {
	if e.own == nil {
		e.own = map[int]bool{}
	}
	e.own[chunk] = true
}

// add appends an element and returns its index.
func (e *vectorEdit[T]) add(value T) int {
	i := e.length
	if i%chunkSize == 0 {
		e.chunks = append(e.chunks, new([chunkSize]T))
		e.owns(i / chunkSize)
	}
	e.length++
	e.set(i, value)
	return i
}
