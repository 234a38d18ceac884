package tui

// Picture is picture, for the tests outside the package.
var Picture = picture
