//! Lists the page's commands, so that no window has any that its capability does not name.

fn main() {}
