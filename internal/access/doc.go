// Package access is about grants, the paths by which they are used, and the
// language that selects them. It changes no inventory and decides nothing: it
// answers which grants are meant and what they lead to.
//
// A scope is a CEL expression (cel.dev) over one grant with its identity, asset
// and entitlement. Compile turns it into one SQL condition over the view
// access_fact; the same words filter lists, bound campaigns and choose stages.
//
// A scope is two-valued: a grant is in or out, also where the inventory does not
// know. Unknown text reads as "", an unknown capability as "unknown", an unknown
// yes-or-no as false. A comparison (also != and in) that uses an unknown number,
// time or order of privilege is false, and its negation therefore true:
// !(asset.level <= 2.0) finds the assets above level 2 and those of unknown level.
// has(asset.level) tells them apart. A division by zero is an unknown number.
package access
