// Package page holds the screens: one file of templ and one of props for each
// family. A handler fills the props with finished words (dates as "12 Nov 2026",
// numbers with their whole) and with the addresses that links and forms use;
// nothing here asks the database or decides who may do what.
package page
