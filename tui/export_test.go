package tui

import "reflect"

// Picture is picture, for the tests outside the package.
var Picture = picture

// Toured are the types of the screens that the tour visits.
func Toured() map[string]bool {
	types := map[string]bool{}
	for _, at := range tour() {
		types[reflect.TypeOf(at.screen).Elem().Name()] = true
	}
	return types
}
