//! A tray item that is not the app, to test the reader of tray items. Its icon, title and menu show what was done to
//! it. Runs until it is ended.

use ksni::TrayMethods;
use ksni::menu::StandardItem;

#[derive(Default)]
struct Fixture {
    chosen: bool,
    clicked: bool,
}

impl ksni::Tray for Fixture {
    fn id(&self) -> String {
        "e2e-fixture".into()
    }

    fn title(&self) -> String {
        if self.chosen { "chosen".into() } else { "waiting".into() }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        let colour: [u8; 4] = if self.clicked { [255, 0, 200, 0] } else { [255, 200, 0, 0] };
        vec![ksni::Icon { width: 22, height: 22, data: colour.repeat(22 * 22) }]
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        ksni::ToolTip { title: "42 % left".into(), description: "resets soon".into(), ..Default::default() }
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.clicked = true;
    }

    fn menu(&self) -> Vec<ksni::MenuItem<Self>> {
        let figure = StandardItem { label: "42 % left".into(), enabled: false, ..Default::default() };
        let choose = Box::new(|fixture: &mut Self| fixture.chosen = true);
        let entry = StandardItem { label: "Check now".into(), activate: choose, ..Default::default() };
        vec![figure.into(), ksni::MenuItem::Separator, entry.into()]
    }
}

#[tokio::main]
async fn main() -> Result<(), ksni::Error> {
    let _item = Fixture::default().spawn().await?;
    std::future::pending().await
}
