//! The text of an autostart entry, by the Desktop Entry Specification.
//!
//! An entry counts as on only if it starts this program and is not switched off.

use std::path::Path;

use tidemark_core::habits::Autostart;

const GROUP: &str = "[Desktop Entry]";

/// Returns the entry's text; `None` if no entry can hold the path (not UTF-8, or with control characters).
pub(super) fn text(program: &Path) -> Option<String> {
    let program = program.to_str().filter(|path| !path.chars().any(char::is_control))?;
    let exec = quoted(program);
    Some(format!(
        "{GROUP}\nType=Application\nName=Tidemark\nComment=How much of a MiniMax plan is left\nExec={exec} --hidden\n\
         Icon=tidemark\nTerminal=false\nX-GNOME-Autostart-enabled=true\n"
    ))
}

/// Returns what the desktop does with an entry.
pub(super) fn read(text: &str, program: &Path) -> Autostart {
    let is = |key: &str, value: &str| field(text, key).is_some_and(|v| v.eq_ignore_ascii_case(value));
    if is("Hidden", "true") || is("X-GNOME-Autostart-enabled", "false") {
        return Autostart::SwitchedOff;
    }
    let words = field(text, "Exec").map(arguments).unwrap_or_default();
    let Some((first, rest)) = words.split_first() else { return Autostart::Gone { program: String::new() } };
    let named = Path::new(first);
    // A bare name is not checked: the desktop looks it up in the session's PATH, which may differ from ours.
    if named.is_absolute() && !named.exists() {
        return Autostart::Gone { program: first.clone() };
    }
    let is_same = match (named.canonicalize(), program.canonicalize()) {
        (Ok(named), Ok(program)) => named == program,
        _ => named == program || Some(named.as_os_str()) == program.file_name(),
    };
    match is_same {
        false => Autostart::Other { program: first.clone() },
        true if rest.iter().any(|word| word == "--hidden") => Autostart::On,
        true => Autostart::OnWithWindow,
    }
}

/// Returns the first field of this name in the `[Desktop Entry]` group.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let lines = text.lines().map(str::trim).skip_while(|line| *line != GROUP).skip(1);
    lines.take_while(|line| !line.starts_with('[')).find_map(|line| {
        let (name, value) = line.split_once('=')?;
        (name.trim() == key).then(|| value.trim())
    })
}

/// Quotes an argument for `Exec`. Backslashes are escaped once more, as in every string value.
fn quoted(argument: &str) -> String {
    let mut quoted = String::from("\"");
    for sign in argument.chars() {
        match sign {
            '"' | '`' | '$' => quoted.extend(["\\\\", &sign.to_string()]),
            '\\' => quoted.push_str(r"\\\\"),
            '%' => quoted.push_str("%%"),
            sign => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}

/// Splits the value of `Exec` into arguments.
fn arguments(value: &str) -> Vec<String> {
    let value = value.replace(r"\\", "\\").replace("%%", "%");
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    let mut signs = value.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            '\\' if is_quoted => word.get_or_insert_default().extend(signs.next()),
            ' ' | '\t' if !is_quoted => words.extend(word.take()),
            sign => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(name: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join(name);
        std::fs::write(&program, "").unwrap();
        (folder, program)
    }

    #[test]
    fn an_entry_starts_this_program_hidden_whatever_its_path_looks_like() {
        for name in ["tidemark", "my tide", r"a\b", "50%f", "$HOME `x` \"y\"", "潮位"] {
            let (_folder, program) = folder_with(name);
            let text = text(&program).unwrap();
            assert_eq!(read(&text, &program), Autostart::On, "{name}: {text}");
            let exec = field(&text, "Exec").unwrap();
            assert_eq!(arguments(exec), [program.to_str().unwrap(), "--hidden"], "{exec}");
        }
        assert_eq!(text(Path::new("/opt/a\nb")), None);
    }

    #[test]
    fn what_the_desktop_switched_off_is_off_though_the_entry_is_there() {
        let (_folder, program) = folder_with("tidemark");
        let on = text(&program).unwrap();
        for off in ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = True"] {
            let switched = on.replace("X-GNOME-Autostart-enabled=true", off);
            assert_eq!(read(&switched, &program), Autostart::SwitchedOff, "{off}");
        }
        let elsewhere = format!("{on}\n[Desktop Action new]\nHidden=true\n");
        assert_eq!(read(&elsewhere, &program), Autostart::On, "another group is about something else");
    }

    #[test]
    fn an_entry_for_another_or_a_missing_program_is_told() {
        let (folder, program) = folder_with("tidemark");
        let other = folder.path().join("other");
        std::fs::write(&other, "").unwrap();
        let named = other.display().to_string();
        assert_eq!(read(&text(&other).unwrap(), &program), Autostart::Other { program: named.clone() });
        std::fs::remove_file(&other).unwrap();
        assert_eq!(read(&text(&other).unwrap(), &program), Autostart::Gone { program: named });
        assert_eq!(read("", &program), Autostart::Gone { program: String::new() });
        let shown = text(&program).unwrap().replace(" --hidden", "");
        assert_eq!(read(&shown, &program), Autostart::OnWithWindow);
        let bare = "[Desktop Entry]\nExec=tidemark --hidden\n";
        assert_eq!(read(bare, &program), Autostart::On, "a name that the session finds by itself");
    }
}
