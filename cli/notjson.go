package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ticketcd/ticketcd/model"
)

// notJSON says in plain words why a document is not what it was to be read into.
func notJSON(raw []byte, into any, err error) string {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	field, unknown := strings.CutPrefix(err.Error(), "json: unknown field ") // there is no type for it
	switch {
	case errors.As(err, &kind):
		return wrongKind(kind, reflect.TypeOf(into).Elem())
	case errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax) && syntax.Offset >= int64(len(raw)):
		return "it ends in the middle"
	case errors.As(err, &syntax):
		before := raw[:max(syntax.Offset-1, 0)]
		odd, _ := utf8.DecodeRune(raw[len(before):])
		return "in line " + strconv.Itoa(bytes.Count(before, []byte("\n"))+1) + ", " + strconv.QuoteRune(odd) + " is not expected"
	case unknown:
		return "there is no field " + field + suggestion(strings.Trim(field, `"`), fieldsOf(reflect.TypeOf(into).Elem()))
	}
	return model.Clean(err.Error()) // which is ours
}

// wrongKind says which part of a document is of another kind than it has to be.
func wrongKind(wrong *json.UnmarshalTypeError, whole reflect.Type) string {
	path := strings.Split(wrong.Field, ".")
	part := model.Clean(path[len(path)-1])
	isObject := wrong.Type.Kind() == reflect.Struct
	switch {
	case wrong.Type == whole:
		part = "it"
	case isObject && part == "":
		part = "each part of it"
	case isObject:
		part = "each of its " + part
	}
	return part + " has to be " + kindOf(wrong.Type)
}

// kindOf is what JSON has for a type, in plain words.
func kindOf(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "an object"
	case reflect.Slice:
		return "a list"
	case reflect.Int:
		return "a whole number, at most " + model.Thousands(model.MaxCount)
	default:
		return "a text"
	}
}

// fieldsOf are the names that a document may use, at any depth.
func fieldsOf(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for field := range t.Fields() {
		names = append(append(names, field.Tag.Get("json")), fieldsOf(field.Type)...)
	}
	return names
}

// suggestion goes on after a word that is not known, if another that is was probably meant.
func suggestion(word string, known []string) string {
	if nearest := model.Nearest(word, known); nearest != "" {
		return "; did you mean " + nearest + "?"
	}
	return ""
}
