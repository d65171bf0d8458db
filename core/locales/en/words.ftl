### Every sentence that the core words: tray, notices, the window's figures and failures.

## Windows and figures
window-hours = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}
window-days = { $days ->
    [one] 1 day
   *[other] { $days } days
}
window-week = Week
window-short = Short window
window-short-inline = short window
window-week-inline = week
figure-left = { $percent } % left
figure-used = { $percent } % used
figure-percent = { $percent } %
unit-left = left of { $window }
unit-left-week = left this week
unit-used = used of { $window }
unit-used-week = used this week
unit-left-short = left of this window
unit-used-short = used of this window
unit-available = available
money-owed = { $amount } owed
figure-spent = Used up
figure-waiting = waiting for a new reading
value-no-limit = no limit
value-not-in-plan = not in this plan
value-unknown = not known
count-used = { $used } of { $total } used
count-left = { $left } of { $total } left
boost = boost ×{ $factor }
count-and-boost = { $count } · boost ×{ $factor }
note-no-weekly-cap = this plan has no weekly limit
note-uncertain = MiniMax does not say whether this is limited

## Rows
row-general = Text and everything shared
row-video = Video
row-unnamed = Unnamed
row-not-in-plan = { $row }: not in this plan

## Clocks
clock-today = { $time }
clock-week = { $weekday } { $time }
clock-date = { $day } { $month } { $time }
clock-year = { $day } { $month } { $year } { $time }
at-today = at { $time }
at-week = on { $weekday } at { $time }
at-date = on { $day } { $month } at { $time }
at-year = on { $day } { $month } { $year } at { $time }
exact = { $weekday }, { $day } { $month } { $year }, { $time }
exact-offset = { $exact } (UTC{ $offset })
weekday-1 = Mon
weekday-2 = Tue
weekday-3 = Wed
weekday-4 = Thu
weekday-5 = Fri
weekday-6 = Sat
weekday-7 = Sun
weekday-long-1 = Monday
weekday-long-2 = Tuesday
weekday-long-3 = Wednesday
weekday-long-4 = Thursday
weekday-long-5 = Friday
weekday-long-6 = Saturday
weekday-long-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
span-under-a-minute = less than a minute
span-minutes = { $minutes } min
span-hours = { $hours } h
span-hours-minutes = { $hours } h { $minutes } min
span-days = { $days } d
span-days-hours = { $days } d { $hours } h
span-years = { $years } years
resets-at = resets { $clock }, in { $span }
resets-soon = resets any moment
reset-unknown = reset time not known
reset-rolling = frees up gradually
release = +{ $percent } % by { $clock }
release-used = −{ $percent } % by { $clock }
meter-runs-out = runs out about { $clock }, { $span } before the reset
meter-runs-out-open = runs out about { $clock }
meter-lasts = lasts, about { $percent } % left at the reset
meter-lasts-used = lasts, about { $percent } % used at the reset
meter-lasts-guess = lasts, by a first guess
meter-lasts-open = lasts at this pace
week-windows = about { $many ->
    [one] 1 full window
   *[other] { $windows } full windows
} left this week
week-windows-few = less than one full window left this week
week-windows-measured = Measured: it follows how this window and the week moved together.
week-windows-by-faq = Not measured yet: a week is taken to hold { $windows } windows.
note-and-week = { $note } · { $week }
list-comma = { $first }, { $second }
list-more = { $count } more
list-and = { $first } and { $second }
checked-now = Checked just now
checked-ago = Checked { $span } ago
checked-changed = Checked { $checked } ago, changed { $changed } ago
checked-now-changed = Checked just now, changed { $changed } ago
next-check = Next check { $clock }
next-check-soon = Next check soon
next-check-watched = Next check within a minute
next-check-backoff = Next try { $clock }
why-watched = Every minute while this window is open
why-near = More often near a limit
why-reset = Just after a reset
why-backoff = The last check failed
why-told = MiniMax asks to wait until then
why-rest = Sooner would change nothing
as-of = as of { $clock }

## Levels
level-good = Good
level-near = Near the limit
level-critical = Almost used up
level-spent = Used up
level-unknown = Not known
level-trouble = Needs you
level-low = Balance low
level-no-plan = No plan
level-credits = On Credits

## Sentences of a card
say-good-reset = Good for now. Resets { $at }.
say-good = Good.
say-good-unlimited = No limit on this plan.
say-near-reset = Little is left until the reset { $at }, in { $span }.
say-near = Little is left.
say-critical-reset = Almost nothing is left until the reset { $at }, in { $span }.
say-critical = Almost nothing is left.
say-good-rolling = Good for now. It frees up gradually.
say-near-rolling = Little is left; it frees up gradually.
say-critical-rolling = Almost nothing is left; it frees up gradually.
say-lasts = Good until the reset { $at }.
say-lasts-open = Good: at this pace it does not run out.
say-lasts-near = Little is left, but it lasts until the reset { $at }.
say-lasts-near-open = Little is left, but at this pace it does not run out.
say-lasts-critical = Almost nothing is left, but it lasts until the reset { $at }.
say-lasts-critical-open = Almost nothing is left, but at this pace it does not run out.
say-runs-out = Runs out about { $clock }, { $span } before the reset.
say-runs-out-open = Runs out about { $clock }.
say-runs-out-of = { $window }: runs out about { $clock }, { $span } before the reset.
say-runs-out-of-open = { $window }: runs out about { $clock }.
say-credits = The plan is used up. Credits cover it.
say-credits-until = The plan is used up. Credits cover it until { $clock }.
say-blocked-week = The weekly limit is reached. It blocks everything until { $clock }, although { $window } shows { $figure }.
say-spent-back-pair = Back { $at }. { $pair } can take over.
say-spent-rolling = It frees up gradually.
say-spent-rolling-from = It frees up gradually, from { $clock } on.
outlook-left = About { $percent } % will be left then.
outlook-used = About { $percent } % will be used then.
outlook-left-of = { $window }: about { $percent } % will be left then.
outlook-used-of = { $window }: about { $percent } % will be used then.
outlook-guess = A first guess; there is little to go by yet.
outlook-told = You will be told when it is back.
outlook-spent-today = Spent today { $today }.
outlook-spent = Spent today { $today }, about { $day } a day.
outlook-spent-days = Spent today { $today }, about { $day } a day; enough for about { $days ->
    [one] 1 day
   *[other] { $days } days
}.
say-spent-back = Back { $at }. Credits or pay-as-you-go can take over.
say-spent = MiniMax names no reset time. Credits or pay-as-you-go can take over.
say-waiting = The window has ended; waiting for a new reading.
say-stale = The last reading is from { $clock }. What is left now is not known.
say-none-yet = No reading yet.
say-asking = Asking MiniMax…
say-balance-good = The balance is fine.
say-balance-alert = Below the warning line of { $line }.
say-balance-empty = Nothing is left. Calls with this key fail until you top up.
say-balance-owed = Calls with this key fail until you top up.
say-balance-unknown = MiniMax did not name the balance.
say-rows-unknown = MiniMax answered, but none of its figures could be understood.
say-not-in-plan = MiniMax says that this plan does not cover it.
quiet-cash = Cash { $amount }
quiet-voucher = Vouchers { $amount }
quiet-credit = Credit { $amount }
quiet-owed = Owed { $amount }
quiet-alert = MiniMax warns below { $amount }
quiet-own-line = Your warning line { $amount }
quiet-peak = Peak hours until { $clock }: MiniMax may slow down several agents at once
quiet-peak-tier = Peak hours until { $clock }: about { $agents ->
    [one] 1 agent
   *[other] { $agents } agents
} at once on { $tier }
quiet-vlm = Enough for { $many ->
    [one] 1 image-understanding call
   *[other] { $calls } image-understanding calls
}, at { $requests ->
    [one] 1 request
   *[other] { $requests } requests
} each
quiet-high-speed = High-Speed plan: { $models } too
quiet-contradiction = MiniMax calls this used up, but also sends a share that is left; the share is shown.
quiet-guessed = MiniMax sent counts only. Whether they mean used or left is inferred.
quiet-sent-twice = MiniMax listed one limit twice; the tighter one is shown.
quiet-unread = Could not be read: { $windows }. “tidemark explain” shows what MiniMax sent.

## Ways on
way-wait = Wait for the reset
way-wait-body = { $window }: { $clock }
way-wait-unknown = MiniMax names no reset time
way-wait-rolling = Wait: it frees up gradually
way-credits = Credits
way-credits-body = Take over by themselves if you have some
way-credits-on = They cover it now, by themselves
way-upgrade = Upgrade the plan
way-upgrade-body = Takes effect at once; you pay the difference
way-payg = Pay-as-you-go
way-payg-body = Use a pay-as-you-go key instead; it is billed by tokens
way-payg-pair = Use the key of { $account }; it is billed by tokens
way-payg-pair-empty = The balance of { $account } is used up
way-payg-pair-trouble = Look at { $account } first: its key cannot be used now
way-top-up = Top up
way-top-up-body = On MiniMax's billing page
way-open = Open

## Failures: title, then what to do
failure-key_rejected = MiniMax refuses this key
failure-key_rejected-body = It may have been deleted or replaced. Put in the key that MiniMax shows now.
failure-key_rejected_or_wrong_region = MiniMax does not know this key
failure-key_rejected_or_wrong_region-body = It was replaced, or it belongs to the other region. Put in the key again; both regions are asked.
failure-no_active_plan = No active plan behind this key
failure-no_active_plan-body = The key is good. Once a plan is bought or a seat is assigned, its figures appear here. Credits alone cannot be read with a key.
failure-no_data = MiniMax sent no figures
failure-no_data-body = It answered, but named no quota. Tidemark asks again by itself.
failure-plan_exhausted = The plan is used up
failure-plan_exhausted-body = MiniMax says so without naming a reset time. Tidemark asks again by itself.
failure-rate_limited = MiniMax asks for a pause
failure-rate_limited-body = It was asked too often; your key is fine. Tidemark asks again by itself.
failure-server_error = MiniMax has trouble
failure-server_error-body = The fault is not on your side. Tidemark asks again by itself.
failure-blocked = Something in between answers instead of MiniMax
failure-blocked-body = Your key is fine. A firewall or web filter on the way sends a page of its own; another network or a proxy may help.
failure-proxy_login = The proxy requires a user name and password
failure-proxy_login-body = Enter the proxy in the settings as http://user:password@host:port.
failure-endpoint_missing = MiniMax has moved this address
failure-endpoint_missing-body = Look for a newer Tidemark.
failure-redirect_refused = MiniMax points elsewhere
failure-redirect_refused-body = Tidemark does not send a key to another address. Look for a newer Tidemark, or for a network that asks you to log in first.
failure-unreadable = The answer could not be understood
failure-unreadable-body = MiniMax is not known to answer like this. A network that asks you to log in first does; otherwise look for a newer Tidemark.
failure-other = MiniMax refuses with an unknown code
failure-other-body = Tidemark asks again by itself. If this stays, please report the code.
failure-offline = No connection to MiniMax
failure-offline-body = Check your network. Tidemark asks again as soon as it is back.
failure-timeout = MiniMax did not answer in time
failure-timeout-body = The network or MiniMax is slow. Tidemark asks again by itself.
failure-tls = The connection is not safe
failure-tls-body = The certificate was not accepted, so the key was not sent. Check this computer's clock and your proxy.
failure-keyring = The key could not be read
failure-keyring-body = It lies in this computer's keyring. Unlock the keyring, then press Try again.
failure-code = { $title } (code { $code })
failure-http = { $title } (HTTP { $code })
failure-wait = { $body } MiniMax wants no request before { $clock }.

## Buttons
do-replace-key = Replace key…
do-check-now = Check now
do-try-again = Try again
do-dismiss = Dismiss
do-leave-demo = Leave
do-open-plans = See plans
do-measure-speed = Measure speed…
do-have-credits = I have Credits
do-have-no-credits = No Credits any more
do-pair = Pair an account…
do-copy-key = Copy key
do-top-up = Top up

## Banners
banner-demo = Simulated account
banner-demo-body = Nothing here is real: no key, no network. One second is one minute.
banner-keyring-absent = No keyring on this desktop
banner-keyring-absent-body = Tidemark keeps keys only in the system's keyring. Install and start one (gnome-keyring, KWallet or KeePassXC), then press Try again. Nothing was written elsewhere.
banner-keyring-locked = The keyring is locked
banner-keyring-locked-body = Your keys are safe but cannot be read. Unlock the keyring, then press Try again.
banner-keyring-slow = The keyring does not answer
banner-keyring-slow-body = It may be waiting for its password in another window. Answer it, then press Try again.
banner-keyring-no_entry = A key is missing from the keyring
banner-keyring-no_entry-body = Someone removed it there. Put it in again with Replace key.
banner-keyring-failed = The keyring reports a fault
banner-keyring-failed-body = Restart the keyring or log in again, then press Try again. Nothing was written elsewhere.
banner-snooze = Notices are silent until { $clock }
banner-snooze-account = Notices of { $account } are silent until { $clock }
banner-snooze-body = What comes up meanwhile is told afterwards.
banner-no-tray = No tray on this desktop
banner-no-tray-body = Tidemark goes on in this window. On GNOME, the AppIndicator extension adds a tray; the icon appears by itself once there is one.
banner-notices = Notifications cannot be shown
banner-notices-body = No notification service answers. What it would have said stands below, and is tried again.
banner-settings-broken = Your settings could not be read
banner-settings-broken-body = The file is kept as { $file }; nothing of it is lost. Tidemark goes on with what it still knows, and your keys are still in the keyring.
banner-settings-restored = The settings file was missing
banner-settings-restored-body = Tidemark restored settings.json from the copy { $file }. To start afresh, quit Tidemark and delete both files.
banner-settings-newer = Your settings are from a newer Tidemark
banner-settings-newer-body = They are used as far as this version understands them. A copy is kept as { $file }.
banner-store-broken = Tidemark's memory could not be read
banner-store-broken-body = It is kept as { $file }. What was read until now is no longer shown, and a notice may be shown a second time.
banner-store-unusable = Tidemark's memory cannot be written
banner-store-unusable-body = The disk may be full or read-only, or another program holds the file. Tidemark goes on and tries again; what it reads until then is not lost unless it is quit.
banner-store-newer = Tidemark's memory is from a newer version
banner-store-newer-body = It is left as it is, and nothing is kept. Install the newer Tidemark again to use it.
banner-internal-error = Tidemark had an internal error
banner-internal-error-body = One step was skipped, and monitoring continues. The log has the details.
banner-clock = This computer's clock is wrong
banner-clock-body = It differs from MiniMax's by { $span }. Countdowns are corrected; set the clock right to be sure.

## Notices
notice-near = { $figure } ({ $window })
notice-of = { $account }: { $what }
notice-near-body-reset = Resets { $clock }, in { $span }.
notice-near-body = MiniMax names no reset time.
notice-spent = { $window } used up
notice-spent-body-reset = Back { $clock }, in { $span }. Wait, use Credits, upgrade, or use a pay-as-you-go key.
notice-spent-body = MiniMax names no reset time. Wait, use Credits, upgrade, or use a pay-as-you-go key.
notice-back = { $window } available again
notice-back-body = { $figure }.
notice-plan-spent = the plan is used up
notice-plan-back = the plan is available again
notice-refused = MiniMax refuses the key
notice-refused-body = Open Tidemark and put in the key that MiniMax shows now.
notice-lapsed = no active plan
notice-lapsed-body = The key is good, but MiniMax says that no plan is behind it any more.
notice-low = { $amount } left
notice-low-body = The pay-as-you-go balance is low.
notice-empty = the balance is used up
notice-empty-body = Top it up to go on with this key.
notice-simulated = Simulated · { $title }
notice-also = { $body } Also: { $more }.
notice-and = { $first }; { $second }
notice-spent-credits-body-reset = Credits now cover it. Back { $clock }, in { $span }.
notice-spent-credits-body = Credits now cover it. MiniMax names no reset time.
notice-runs-out = { $window } will run out { $at }
notice-runs-out-body = { $figure } now. At this pace that is { $span } before the reset.
notice-unused = much is unused ({ $window })
notice-unused-body = { $figure }. Resets { $clock }, in { $span }; what is left then is gone.
notice-peak = Peak hours have begun
notice-peak-body = Until { $clock } MiniMax may slow down agents that work at the same time.
notice-test = Notifications work
notice-test-body = This is how Tidemark speaks up when quota runs low, is used up, or is back.
notice-test-failed = No notification service answers, so nothing can be shown. Tidemark keeps what it has to say in its window.
notice-open = Open
notice-snooze = Snooze for 1 hour
window-with-row = { $row }, { $window }

## Tray
tray-name = Tidemark
tray-none = Tidemark: no key yet. Open it to put one in.
tray-line = { $account }: { $what }
tray-window = { $row } { $figure } · resets { $clock } ({ $span })
tray-window-plain = { $row } { $figure }
tray-window-rolling = { $row } { $figure } · frees up gradually
tray-week = week { $percent } %
tray-join = { $first } · { $second }
tray-internal-error = Internal error: see the window
tray-menu-window = { $window }: { $figure } · resets { $clock }
tray-menu-window-plain = { $window }: { $figure }
tray-menu-row-window = { $row }, { $window }: { $figure }
tray-title = Tidemark, { $account }: { $what }
tray-title-figure = { $level }, { $figure }
tray-menu-more = and { $count } more
tray-menu-accounts = { $count ->
    [one] 1 more account
   *[other] { $count } more accounts
}
tray-as-of = { $what } ({ $asof })
menu-check-now = Check now
menu-snooze = Snooze
menu-snooze-hour = For 1 hour
menu-snooze-reset = Until the reset
menu-snooze-until = Silent until { $clock }
menu-snooze-end = Speak again
menu-open = Open Tidemark
menu-settings = Settings…
menu-quit = Quit

## Labels
chip-global = Global
chip-china = China
chip-payg = pay-as-you-go
chip-demo = simulated

## Settings
section-general = General
section-asking = Asking
section-notices = Notices
section-plan = Plan
section-command_line = Command line
section-history = History
setting-own = MiniMax's own: { $figure }
setting-no-hours = None
language-auto = As the system
language-en = English
language-zh-CN = 简体中文
setting-language = Language
setting-language-hint = Of the window, the tray and the notices.
setting-theme = Colours
setting-theme-hint = Of this window.
theme-system = As the system
theme-light = Light
theme-dark = Dark
setting-global_shortcut = Shortcut from anywhere
setting-global_shortcut-hint = Opens this window, and closes it when it is in front. Empty for none.
setting-global_shortcut-example = Ctrl+Alt+M
setting-show_used = Show what is used
setting-show_used-hint = Figures, bars and rings say what is used instead of what is left.
section-tray = Tray
setting-tray_account = Account in the tray
setting-tray_account-hint = Whose quota the picture shows. All accounts stand in its menu.
setting-tray_account-none = The tightest
setting-tray_window = Window in the tray
setting-tray_window-hint = Which limit the ring shows. Its form warns of the tightest one whatever you choose.
setting-tray_window-tightest = The tightest
setting-tray_window-interval = The short window
setting-tray_window-weekly = The week
setting-tray_digits = Figure in the picture
setting-tray_digits-hint = The percentage stands inside the ring. A whole ring and a broken one have none.
setting-tray_theme = Panel
setting-tray_theme-hint = A light or dark panel gets plainer colours; automatic is outlined and readable on both.
setting-tray_theme-auto = Automatic
setting-tray_theme-light = Light
setting-tray_theme-dark = Dark
setting-interval_minutes = Check every
setting-interval_minutes-hint = How often MiniMax is asked. More often while the window is open or a limit is near.
setting-interval_minutes-unit = minutes
setting-proxy = Proxy
setting-proxy-hint = Empty for the one in the environment.
setting-proxy-example = http://proxy.example:8080
setting-notices = Show notices
setting-notices-hint = Off silences all of them.
setting-near_percent = Near the limit from
setting-near_percent-hint = From here on a window counts as near its limit.
setting-near_percent-unit = % used
setting-critical_percent = Almost used up from
setting-critical_percent-hint = More than the line above.
setting-critical_percent-unit = % used
setting-notice_near = Near a limit
setting-notice_near-hint = A window has passed one of the two lines above.
setting-notice_spent = Used up
setting-notice_spent-hint = A window has nothing left, with when it is back.
setting-notice_back = Available again
setting-notice_back-hint = A window that was near its limit or used up has room again.
setting-notice_refused = Key refused
setting-notice_refused-hint = MiniMax no longer takes the key.
setting-notice_lapsed = Plan ended
setting-notice_lapsed-hint = No plan is behind the key any more.
setting-notice_balance = Balance low
setting-notice_balance-hint = A pay-as-you-go balance is below a warning line or used up.
setting-notice_runs_out = Will run out
setting-notice_runs_out-hint = At this pace a window is used up before its reset.
setting-notice_unused = Left unused
setting-notice_unused-hint = Much of a window will still be there when it resets.
setting-notice_peak = Peak hours begin
setting-notice_peak-hint = MiniMax may slow agents down from then on.
setting-quiet_hours = Quiet hours
setting-quiet_hours-hint = No notice is shown in them, by this computer's clock.
setting-quiet_allows = Also in quiet hours
setting-quiet_allows-hint = These notices are shown at any hour.
setting-peak_hours = Peak hours
setting-peak_hours-hint = On weekdays MiniMax keeps fewer agents going at once in these hours. It may change them any day.
setting-peak_zone = Zone of the peak hours
setting-peak_zone-hint = Empty for MiniMax's own, local for this computer's, or an offset such as UTC+8.
setting-weekly_windows = Short windows in a week
setting-weekly_windows-hint = How many full 5-hour windows the weekly limit holds; used until your own history shows it.
setting-weekly_windows-unit = windows
setting-vlm_requests = Cost of an image-understanding call
setting-vlm_requests-hint = How many requests one API-vlm call takes from the plan.
setting-vlm_requests-unit = requests
setting-key_command = Let “tidemark key” print keys
setting-key_command-hint = For helpers such as Claude Code's apiKeyHelper: the command prints the plan's key, or the paired pay-as-you-go key while the plan is used up. Any program you run can then call it too.
setting-history_days = Keep readings for
setting-history_days-hint = Older ones are removed from this computer.
setting-history_days-unit = days
setting-team = Team
setting-team-hint = Your name for the team behind the key.
setting-team-example = Studio
setting-tier = Tier
setting-tier-hint = MiniMax does not say which one a key belongs to. It decides how many agents run in peak hours.
tier-none = Not said
tier-starter = Starter
tier-plus = Plus
tier-max = Max
tier-ultra = Ultra
setting-high_speed = High-Speed plan
setting-high_speed-hint = The plan covers the High-Speed models.
setting-credits = Credits behind this plan
setting-credits-hint = Credits cannot be read with a key. With this on, a plan that is used up is shown as covered by them.
setting-balance_below = Warn below
setting-balance_below-hint = In the currency of the account; empty for MiniMax's own line only.
setting-balance_below-example = 10.00
refused-no-such-setting = There is no setting named { $name }.
refused-no-such-account = There is no such account any more.
refused-newer-export = These settings are from a newer Tidemark. Update Tidemark to take them.
refused-key-in-export = This file holds something that looks like an API key. Take it out of the file, and replace the key if others can read the file. Nothing was changed.
refused-unknown-export = This file holds more that this version of Tidemark does not know than it keeps. Nothing was changed.
refused-whole = { $label }: give a whole number from { $least } to { $most }.
refused-whole-or-own = { $label }: give a whole number from { $least } to { $most }, or 0 for MiniMax's own.
refused-below-critical = { $label }: give at least { $least } and less than { $most } %, where “almost used up” begins.
refused-above-near = { $label }: give more than { $least } %, where “near the limit” begins, and at most { $most }.
refused-language = { $label }: choose one of the languages.
refused-theme = { $label }: choose one of the three.
refused-shortcut = { $label }: give Ctrl, Alt or Super with a letter, a digit, Space or F1 to F12, such as Ctrl+Alt+M, or nothing.
refused-switch = { $label }: this is either on or off.
refused-proxy = { $label }: give an address that begins with http://, https:// or socks5://, with a host and perhaps a port, or leave it empty.
refused-hours = { $label }: give two different times such as 22:00-07:00, or none.
refused-kinds = { $label }: choose among the kinds of notices.
refused-peak-hours = { $label }: give two different times such as 15:00-17:30, off, or nothing for MiniMax's own.
refused-zone = { $label }: give an offset such as UTC+8, local, or nothing for MiniMax's own.
refused-one-of = { $label }: choose one of the values offered.
refused-account = { $label }: choose one of your accounts, or none for the tightest.
refused-tier = { $label }: choose Starter, Plus, Max, Ultra or none.
refused-amount = { $label }: give an amount above 0 such as 12.50, or nothing.
refused-team = { $label }: give a name of at most 80 characters, or nothing.
refused-plan-account = { $label }: only a plan account has this.
refused-payg-account = { $label }: only a pay-as-you-go account has this.
banner-settings-mended = Some settings were not understood
banner-settings-mended-body = Their defaults are used: { $fields }. Set them anew, or mend the settings file.

## Speed
speed-cost-plan = One streamed request to { $model }, up to { $tokens } output tokens. It counts as one request of the plan's quota.
speed-cost-payg = One streamed request to { $model }, up to { $tokens } output tokens. The key pays for it by tokens.
speed-result = { $rate } tokens per second with { $model }: { $tokens } tokens in { $seconds } s, the first after { $first } s.
speed-one-token = Only one token came, so there is no speed to compute.
speed-at-once = All { $tokens } tokens came at once, so there is no speed to compute. Something on the way holds the stream back.
speed-uncounted = MiniMax did not say how many tokens it sent, so the speed is not known ({ $pieces ->
    [one] 1 piece
   *[other] { $pieces } pieces
} of text in { $seconds } s).
speed-broken = The stream broke off. Until then: { $until }
speed-endless = The stream did not end in time and was cut off. Until then: { $until }
speed-spent-back = Not measured: the plan is used up. It is back { $at }, in { $span }.
speed-spent = Not measured: the plan is used up, and MiniMax names no time when it is back.
speed-spent-balance = Not measured: the balance is used up.
speed-spent-told = Not measured: MiniMax says that the quota or the balance is used up.
speed-failed = Not measured: { $why }.
speed-no-stream = MiniMax sent no stream that could be understood
speed-throttled = MiniMax asks for a pause; try again in a minute
speed-throttled-for = MiniMax asks for a pause of { $seconds } s
speed-refused = MiniMax refuses this request; the plan may not have this model
speed-busy = A measurement is under way already.
speed-simulated = A simulated account has no speed to measure.

## Habits
autostart-on = Tidemark starts with your session, in the tray.
autostart-on-with-window = Tidemark starts with your session, with its window. Switch this off and on to start it in the tray.
autostart-off = Tidemark does not start by itself.
autostart-switched-off = The desktop's own settings have switched it off.
autostart-other = The entry of this name starts another program: { $program }. Switch this on to start the one you are using.
autostart-gone = The entry starts a program that is not there any more: { $program }. Switch this on to mend it.
autostart-unreadable = Whether Tidemark starts by itself is not known: { $program } cannot be read.
autostart-simulated = The simulation changes nothing on this computer.
autostart-refused = Nothing was changed: { $folder } cannot be written ({ $why }).
shortcut-none = No shortcut is set.
shortcut-works = { $keys } opens this window from anywhere.
shortcut-taken = { $keys } belongs to another program, so it does nothing here. Choose another one.
shortcut-no-such-key = This keyboard has no { $keys }, so it does nothing. Choose another one.
shortcut-wayland = On Wayland only the desktop hears keys from anywhere. Add a shortcut in its keyboard settings that runs “tidemark”.
shortcut-failed = The desktop did not let Tidemark listen for the shortcut.
shortcut-simulated = The simulation takes no keys from other programs.
service-answers = { $name } shows notifications on this desktop.
service-system = The system shows notifications.
service-hung = A notification service is there but does not answer. Until it does, Tidemark speaks in its window.
service-absent = No notification service runs. Until one does, Tidemark speaks in its window.
service-no-bus = There is no session bus, so no notification can be shown. Tidemark speaks in its window.
exported = Your settings are saved as { $file }, without accounts and keys.
export-failed = The settings could not be saved as { $file } ({ $why }). Choose another folder.
imported = { $many ->
    [0] Nothing changed: your settings are already as in { $file }.
    [one] One setting was changed: { $fields }. Accounts and keys stay as they are.
   *[other] { $many } settings were changed: { $fields }. Accounts and keys stay as they are.
  }
import-unreadable = { $file } could not be read ({ $why }).
import-no-export = { $file } is no export of Tidemark's settings. Nothing was changed.
file-dialog = Tidemark settings
file-export = Save settings
file-import = Take settings from a file
file-save = Save
file-open = Open
file-cancel = Cancel
simulated-refusal = This is a simulation: nothing of yours is written or read. Leave it first.
history-forgotten = The history of { $account } is deleted. It begins anew with the next reading.
history-forgotten-all = The history of all accounts is deleted. It begins anew with the next readings.
folder-not-opened = The folder could not be opened. Open it yourself: { $folder }

## Check-up
check-app = Tidemark
check-app-runs = Version { $version } for { $system }, running.
check-app-rests = Version { $version } for { $system }, not running.
check-display = Display
check-display-system = The system's own.
check-display-wayland = A Wayland session.
check-display-x11 = An X11 session.
check-display-none = There is none. Only the command line works here.
check-tray = Tray
check-tray-system = The system shows tray icons.
check-tray-there = The desktop shows tray icons.
check-tray-no-host = Tray icons can be registered, but nothing shows them, so Tidemark keeps running in its window.
check-tray-hung = The tray doesn't answer, so Tidemark's icon isn't shown. Restart the panel, or log out and in again.
check-tray-absent = Nothing shows tray icons, so Tidemark goes on in its window. On GNOME the AppIndicator extension adds a tray.
check-tray-no-bus = There is no session bus, so no tray can be reached. Start Tidemark from your desktop session.
check-notices = Notifications
check-keyring = Keyring
check-keyring-well = It answers and is unlocked.
check-keyring-absent = None runs on this desktop. Start GNOME Keyring, KWallet or KeePassXC.
check-keyring-locked = It is locked, or access was denied. Unlock it.
check-keyring-slow = It does not answer. Look for its password dialog.
check-keyring-failed = It could not be used. Restart it or log in again.
check-stray-keys = Keys without an account
check-stray-keys-count = { $count ->
    [one] One key in the keyring belongs to no account here.
   *[other] { $count } keys in the keyring belong to no account here.
} Remove such a key in your keyring manager, where its name is “Tidemark: ID”, or run: secret-tool clear service tidemark username ID. The IDs in use are listed by: tidemark account list --json.
check-network-global = Way to MiniMax (global)
check-network-china = Way to MiniMax (China)
check-network-reached = { $host } can be reached.
check-network-refused = { $host } cannot be reached directly. A proxy may still reach it.
check-network-silent = { $host } does not answer within 4 seconds. A proxy may still reach it.
check-network-untried = Not tried: the simulation stays off the network.
check-clock = Clock
check-clock-unknown = Not compared yet: no answer of MiniMax is kept.
check-clock-right = { $seconds ->
    [0] It agrees with MiniMax's.
    [one] It is 1 second off MiniMax's.
   *[other] It is { $seconds } seconds off MiniMax's.
  }
check-clock-off = It is { $seconds } seconds off MiniMax's. Countdowns are corrected; set it right to be sure.
check-settings = Settings file
check-history = History file
check-file-well = It can be read and written.
check-file-broken = It could not be read and is kept as { $file }.
check-file-restored = It was missing and was restored from { $file }.
check-file-mended = Not understood, and used with their defaults: { $fields }.
check-file-newer = It is from a newer Tidemark. A copy is kept as { $file }.
check-file-store-newer = It is from a newer Tidemark. It is left as it is, and nothing is kept.
check-file-unusable = It cannot be used: no permission, no room on the disk, or another program holds it.

## Charts
month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec
date-short = { $day } { $month }
date-weekday = { $weekday } { $date }
do-open-account = Details
chart-window-of = { $row }: { $window }
chart-balance = Balance
chart-point = { $clock }: { $figure }
chart-now = { $figure } now.
chart-now-lowest = { $figure } now. Lowest: { $percent } % { $at }.
chart-now-highest = { $figure } now. Highest: { $percent } % { $at }.
chart-then = { $figure } { $at }; nothing was read since.
chart-balance-now = { $amount } now. Spent in this time: { $spent }.
chart-balance-then = { $amount } { $at }; nothing was read since. Spent in this time: { $spent }.
chart-none = The history begins with the next reading.
chart-none-then = Nothing was read in this time.
chart-none-metered = Nothing to draw: this plan has no limit here.
chart-new-window = new window
chart-top-up = topped up
chart-silent = nothing was read for { $span }
chart-about-left = about { $percent } % left
chart-about-used = about { $percent } % used
chart-expected = expected
chart-silent-new-window = nothing was read for { $span }; new window
chart-silent-top-up = nothing was read for { $span }; topped up
chart-unreadable = The history cannot be read now. Another program may hold the file; try again.

## A key that is checked
ask-global-plan = Global platform
ask-china-plan = China platform
ask-global-payg = Global platform, as pay-as-you-go
ask-china-payg = China platform, as pay-as-you-go
ask-asking = asking…
ask-accepted = knows this key
ask-no-plan = knows this key, no plan yet
ask-refused = does not know this key
ask-offline = no connection
ask-timeout = no answer in time
ask-failed = no usable answer
found-plan-global = This is a Token Plan key of the global platform.
found-plan-china = This is a Token Plan key of the China platform.
found-payg-global = This is a pay-as-you-go key of the global platform.
found-payg-china = This is a pay-as-you-go key of the China platform.
found-unchecked = This key is not checked yet.
found-unchecked-body = It is kept as it is. Tidemark asks MiniMax as soon as it can be reached, and tells you then.
found-spent = The plan is used up at the moment. You will be told when it is back.
found-no-plan = The key is good, but there is no active plan behind it yet. Figures appear by themselves once there is one.
found-trimmed = What stood around the key was taken off.
found-available = Available
propose-plan = Default Team
propose-plan-next = Team { $number }
propose-payg = Pay-as-you-go
propose-payg-next = Pay-as-you-go { $number }
kept-new = { $name } is added.
kept-new-unchecked = { $name } is added, not checked yet.
kept-next = The new key of { $name } is in use.
kept-next-unchecked = The new key of { $name } is kept, not checked yet.

## Why a key was not taken
sorry-no-key = There is no key in it. Copy the whole key from MiniMax's key page and paste it again.
sorry-key-too-long = This is too long to be a key. Copy only the key itself.
sorry-key-in-pieces = A key has no blanks or line breaks inside. Copy only the key itself, in one piece.
sorry-key-not-plain = A key has only plain letters, digits and signs. Copy it again from MiniMax's key page.
sorry-login-token = This is a log-in token, not a key. Copy a key from MiniMax's key page instead.
sorry-key-too-short = This is too short to be a key. Copy the whole key from MiniMax's key page.
sorry-is-address = This is the address of a page, not a key. Open it, copy the key there, and paste that.
sorry-is-mail = This is an e-mail address, not a key. Copy the key from MiniMax's key page and paste that.
sorry-is-of = This is a key of { $maker }, not of MiniMax. Copy one from MiniMax's key page.
pasted-plan = Looks like a Token Plan key.
pasted-plan-trimmed = Looks like a Token Plan key. What stands around it is left out.
pasted-payg = Looks like a pay-as-you-go key.
pasted-payg-trimmed = Looks like a pay-as-you-go key. What stands around it is left out.
pasted-trimmed = What stands around the key is left out.
pasted-short = This looks too short. Make sure that it is the whole key.
sorry-is-plan = This is a Token Plan key, and the two kinds are not interchangeable. Check it as what it is, or copy a key from the API keys page.
sorry-is-payg = This is a pay-as-you-go key, and the two kinds are not interchangeable. Check it as what it is, or copy the key from the Token Plan page.
sorry-account-is-payg = This is a pay-as-you-go key, and the account is a Token Plan. Paste a Token Plan key, or add this one as an account of its own.
sorry-account-is-plan = This is a Token Plan key, and the account is pay-as-you-go. Paste a pay-as-you-go key, or add this one as an account of its own.
sorry-known = This key is here already: it is the key of { $account }. For another account, paste that account's own key.
sorry-refused = Neither platform knows this key. Copy it again from MiniMax's key page; a new key replaces the old one there.
sorry-refused-global = The global platform does not know this key. If it is from the China platform (minimaxi.com), choose China, or leave the region open and both are asked.
sorry-refused-china = The China platform does not know this key. If it is from the global platform (minimax.io), choose Global, or leave the region open and both are asked.
sorry-offline = There is no connection to MiniMax, so the key could not be checked. Check your network, and the proxy if you use one; then try again, or keep the key unchecked.
sorry-timeout = MiniMax did not answer in time, so the key could not be checked. Try again, or keep the key unchecked.
sorry-tls = The connection to MiniMax is not safe, so the key was not sent. Check this computer's clock and your proxy, or keep the key unchecked.
sorry-blocked = Something in between answers instead of MiniMax, so the key could not be checked. Try another network, or keep the key unchecked.
sorry-proxy-login = The proxy requires a user name and password, so the key could not be checked. Enter the proxy in the settings as http://user:password@host:port, then try again.
sorry-rate-limited = MiniMax asks for a pause, so the key could not be checked. Try again in a minute, or keep the key unchecked.
sorry-unreachable = MiniMax gave no usable answer, so the key could not be checked. Try again, or keep the key unchecked.
sorry-keyring-absent = No keyring runs on this desktop, so the key could not be kept. Start one (GNOME Keyring, KWallet or KeePassXC), then try again; the key is still here.
sorry-keyring-locked = The keyring is locked, so the key could not be kept. Unlock it, then try again; the key is still here.
sorry-keyring-slow = The keyring does not answer. Look for its password dialog, then try again; the key is still here.
sorry-keyring-no-entry = The keyring holds no key for this account. Put the key in again.
sorry-keyring-failed = The keyring could not be used. Restart it or log in again, then try again; the key is still here.
sorry-no-name = Give the account a name.
sorry-name-too-long = This name has { $length } characters; at most { $most } fit.
sorry-name-unprintable = This name has characters that cannot be shown. Choose another.
sorry-name-is-key = This looks like an API key, not a name. Names are stored as plain text; choose another.
sorry-name-taken = There is an account named { $name } already. Choose another name.
sorry-not-saved = Nothing was changed: settings.json cannot be written ({ $why }). Make room on the disk or allow the file to be changed, then try again.
sorry-settings-busy = Nothing was changed: another Tidemark is changing the settings. Try again in a moment.
sorry-settings-unreadable = Nothing was changed: the settings cannot be read, and are not overwritten. Allow their file to be read, then try again.
sorry-settings-changed = Nothing was changed: another program has just changed the settings. Try again.
sorry-settings-too-large = Nothing was changed: the settings file would be too large to be read again. Remove the entries in it that Tidemark does not know.
write-problem-no-room = no room on the disk
write-problem-not-allowed = permission denied
write-problem-read-only = the disk can only be read
write-problem-no-folder = its folder does not exist
write-problem-not-a-file = the name belongs to something that is not a file
write-problem-other = the disk reports an error

## The state of a key
key-accepted = Accepted
key-no-plan = Accepted, no active plan
key-refused = Refused
key-unchecked = Not checked yet
key-unreadable = Cannot be read from the keyring
key-simulated = Simulated
