//! Lists the page's commands, so that a window can call only those that its capability names.

const COMMANDS: &[&str] = &[
    "view",
    "texts",
    "check_key",
    "look_at_key",
    "keep_key",
    "drop_key",
    "rename_account",
    "move_account",
    "remove_account",
    "settings",
    "set_setting",
    "account_settings",
    "set_account",
    "pair_account",
    "copy_key",
    "check_now",
    "snooze",
    "end_snooze",
    "test_notice",
    "dismiss",
    "retry_keyring",
    "start_demo",
    "leave_demo",
    "chart",
    "speed_cost",
    "measure_speed",
    "open_link",
    "close_window",
    "fit",
    "desktop_state",
    "set_autostart",
    "export_settings",
    "import_settings",
    "forget_history",
    "open_folder",
    "doctor",
    "copy_doctor",
];

fn main() {
    // The page is embedded in the program: if the page changes, the program must be built again.
    println!("cargo::rerun-if-changed=../ui/dist");
    // Packs half a megabyte of relocations into a few kilobytes; glibc can read them since 2.36.
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "linux") {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo::error={error:#}");
    }
}
