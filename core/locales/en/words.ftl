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
window-week-inline = week
window-of-hours = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}
figure-left = { $percent } % left
figure-used = { $percent } % used
figure-percent = { $percent } %
unit-left = left of { $window }
unit-left-week = left this week
unit-used = used of { $window }
unit-used-week = used this week
unit-available = available
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
at-today = at { $time }
at-week = on { $weekday } at { $time }
at-date = on { $day } { $month } at { $time }
exact = { $weekday }, { $day } { $month } { $year }, { $time }
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
resets-at = resets { $clock }, in { $span }
resets-soon = resets any moment
reset-unknown = reset time not known
checked-now = Checked just now
checked-ago = Checked { $span } ago
checked-changed = Checked { $checked } ago, changed { $changed } ago
checked-now-changed = Checked just now, changed { $changed } ago
next-check = Next check { $clock }
next-check-soon = Next check soon
checking = Checking…
as-of = as of { $clock }

## Levels
level-good = Good
level-near = Near the limit
level-critical = Almost used up
level-spent = Used up
level-unknown = Not known
level-trouble = Needs you
level-no-plan = No plan

## Sentences of a card
say-good-reset = Good for now. Resets { $at }.
say-good = Good.
say-good-unlimited = No limit on this plan.
say-near-reset = Near its limit. Resets { $at }, in { $span }.
say-near = Near its limit.
say-critical-reset = Almost used up. Resets { $at }, in { $span }.
say-critical = Almost used up.
say-spent-back = Used up. Back { $at }, in { $span }. You will be told.
say-spent = Used up. MiniMax names no reset time. You will be told when it is back.
say-waiting = The window has ended; waiting for a new reading.
say-stale = The last reading is from { $clock }. What is left now is not known.
say-none-yet = No reading yet.
say-asking = Asking MiniMax…
say-balance-good = Paid by use; the balance is fine.
say-balance-low = The balance is low.
say-balance-alert = Below your warning line of { $line }.
say-balance-empty = The balance is used up. Calls with this key will fail until it is topped up.
say-balance-unknown = MiniMax did not name the balance.
say-rows-unknown = MiniMax answered, but none of its figures could be understood.
quiet-cash = Cash { $amount }
quiet-voucher = Vouchers { $amount }
quiet-credit = Credit { $amount }
quiet-owed = Owed { $amount }
quiet-contradiction = MiniMax calls this used up although some is left; the share is shown.
quiet-guessed = MiniMax sent counts without a share; their direction follows the path they came by.
quiet-sent-twice = MiniMax sent one row twice; the tighter one is shown.

## Ways on
way-wait = Wait for the reset
way-wait-body = { $window }: { $clock }
way-wait-unknown = No reset time was named
way-credits = Credits
way-credits-body = Used by themselves if you have some
way-upgrade = Upgrade the plan
way-upgrade-body = Takes effect at once; you pay the difference
way-payg = Pay-as-you-go
way-payg-body = Use a pay-as-you-go key instead; it is billed by tokens
way-payg-pair = Use the key of { $account }; it is billed by tokens
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
failure-rate_limited-body = It was asked too often. Tidemark waits as long as it was told to.
failure-server_error = MiniMax has a fault
failure-server_error-body = The fault is not on your side. Tidemark asks again by itself.
failure-blocked = A filter answers instead of MiniMax
failure-blocked-body = Your key is fine. A firewall or web filter on the way sends a page of its own; another network or a proxy may help.
failure-endpoint_missing = MiniMax has moved this address
failure-endpoint_missing-body = Look for a newer Tidemark.
failure-redirect_refused = MiniMax points elsewhere
failure-redirect_refused-body = Tidemark does not send a key to another address. Look for a newer Tidemark, or for a network that asks you to log in first.
failure-unreadable = The answer could not be understood
failure-unreadable-body = It is no answer that MiniMax is known to give. A network that asks you to log in first does this; otherwise look for a newer Tidemark.
failure-other = MiniMax refuses with a code we do not know
failure-other-body = Tidemark asks again by itself. If it stays, tell us the code.
failure-offline = No connection to MiniMax
failure-offline-body = Look at your network. Tidemark asks again as soon as it is back.
failure-timeout = MiniMax did not answer in time
failure-timeout-body = The network or MiniMax is slow. Tidemark asks again by itself.
failure-tls = The connection is not safe
failure-tls-body = The certificate was not accepted, so the key was not sent. Look at this computer's clock and at proxies.
failure-keyring = The key could not be read
failure-keyring-body = It lies in this computer's keyring. Unlock the keyring, then press Try again.
failure-code = { $title } (code { $code })
failure-http = { $title } (HTTP { $code })
failure-wait = MiniMax asks to wait { $span }. { $body }

## Buttons
do-replace-key = Replace key…
do-check-now = Check now
do-try-again = Try again
do-dismiss = Dismiss
do-leave-demo = Leave
do-open-plans = See plans

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
banner-no-tray = No tray on this desktop
banner-no-tray-body = Tidemark goes on in this window. On GNOME, the AppIndicator extension adds a tray; the icon appears by itself once there is one.
banner-notices = Notifications cannot be shown
banner-notices-body = No notification service answers. What it would have said stands below, and is tried again.
banner-settings-broken = Your settings could not be read
banner-settings-broken-body = The file is kept as { $file }; nothing of it is lost. Tidemark goes on with what it still knows, and your keys are still in the keyring.
banner-settings-newer = Your settings are from a newer Tidemark
banner-settings-newer-body = They are used as far as this version understands them. A copy is kept as { $file }.
banner-store-broken = Tidemark's memory could not be read
banner-store-broken-body = It is kept as { $file }. What was read until now is no longer shown, and a notice may be shown a second time.
banner-store-unusable = Tidemark's memory cannot be written
banner-store-unusable-body = The disk may be full or read-only, or another program holds the file. Tidemark goes on and tries again; what it reads until then is not lost unless it is quit.
banner-store-newer = Tidemark's memory is from a newer version
banner-store-newer-body = It is left as it is, and nothing is kept. Install the newer Tidemark again to use it.
banner-clock = This computer's clock is wrong
banner-clock-body = It differs from MiniMax's by { $span }. Countdowns are corrected; set the clock right to be sure.

## Notices
notice-near = { $account }: { $figure } ({ $window })
notice-near-body-reset = Resets { $clock }, in { $span }.
notice-near-body = MiniMax names no reset time.
notice-spent = { $account }: { $window } used up
notice-spent-body-reset = Back { $clock }, in { $span }. Wait, use Credits, upgrade, or use a pay-as-you-go key.
notice-spent-body = MiniMax names no reset time. Wait, use Credits, upgrade, or use a pay-as-you-go key.
notice-back = { $account }: { $window } is available again
notice-back-body = { $figure }.
notice-plan-spent = { $account }: the plan is used up
notice-plan-back = { $account }: the plan is available again
notice-refused = { $account }: MiniMax refuses the key
notice-refused-body = Open Tidemark and put in the key that MiniMax shows now.
notice-lapsed = { $account }: no active plan
notice-lapsed-body = The key is good, but MiniMax says that no plan is behind it any more.
notice-low = { $account }: { $amount } left
notice-low-body = The pay-as-you-go balance is low.
notice-empty = { $account }: the balance is used up
notice-empty-body = Top it up to go on with this key.
notice-simulated = Simulated · { $title }
notice-also = { $body } Also: { $more }.
window-with-row = { $row } ({ $window })

## Tray
tray-name = Tidemark
tray-none = Tidemark: no key yet. Open it to put one in.
tray-line = { $account }: { $what }
tray-window = { $row } { $figure } · resets { $clock } ({ $span })
tray-window-plain = { $row } { $figure }
tray-week = week { $percent } %
tray-join = { $first } · { $second }
tray-menu-window = { $window }: { $figure } · resets { $clock }
tray-menu-window-plain = { $window }: { $figure }
tray-menu-row-window = { $row }, { $window }: { $figure }
tray-as-of = { $what } ({ $asof })
menu-check-now = Check now
menu-open = Open Tidemark
menu-quit = Quit

## Labels
chip-global = Global
chip-china = China
chip-payg = pay-as-you-go
chip-demo = simulated
