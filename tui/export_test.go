package tui

import (
	"image/color"
	"reflect"
)

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

// Palette are the colours by role.
func Palette(dark, few bool) map[string]color.Color {
	palette := map[string]color.Color{}
	for role, sh := range shades() {
		palette[role] = sh.of(dark, few)
	}
	return palette
}
